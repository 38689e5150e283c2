const MINUTES_IN: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };
const IN_TEXT = /\bevery\s+(?:(\d{1,4})(?:\s*[-–]\s*\d{1,4})?\s*)?(minutes?|mins?|hours?|hrs?)\b/i;
const SHORT = /^(\d{1,4})(m|h|d)$/;

/** Minutes of "every 15 minutes" or "every hour" in a step; "every 15-30 minutes" is 15. Null without one. */
export function recurrenceInText(text: string): number | null {
  const found = IN_TEXT.exec(text);
  if (found === null) return null;
  return toMinutes(found[1] ?? '1', found[2] ?? 'm');
}

/** Minutes of an attribute such as `every:15m` or `every:2h`; null when it cannot be read. */
export function recurrenceOfAttribute(value: string): number | null {
  const found = SHORT.exec(value);
  if (found === null) return null;
  return toMinutes(found[1] ?? '1', found[2] ?? 'm');
}

function toMinutes(count: string, unit: string): number {
  return Number(count) * (MINUTES_IN[unit.charAt(0).toLowerCase()] ?? 1);
}
