/** An instant for documents: "2026-01-31 14:05:09 UTC", with the configured zone's time behind it when that is not UTC. */
export function formatInstant(at: Date, timeZone: string): string {
  const utc = `${inZone(at, 'UTC')} UTC`;
  return timeZone === 'UTC' ? utc : `${utc} (${inZone(at, timeZone)} ${timeZone})`;
}

function inZone(at: Date, timeZone: string): string {
  // Swedish writes dates as ISO 8601 does.
  return at.toLocaleString('sv-SE', { timeZone });
}
