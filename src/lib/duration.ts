/** Seconds as people say them: "45 s", "12 min", "2 h 5 min", "3 d 4 h". Negative counts as zero. */
export function describeSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return joinParts(`${hours} h`, minutes % 60, 'min');
  return joinParts(`${Math.floor(hours / 24)} d`, hours % 24, 'h');
}

/** Milliseconds between two instants, never negative: clocks of senders may run ahead (reliability of RCA figures). */
export function elapsedMs(from: Date, to: Date): number {
  return Math.max(0, to.getTime() - from.getTime());
}

function joinParts(first: string, rest: number, unit: string): string {
  return rest === 0 ? first : `${first} ${rest} ${unit}`;
}
