import { createHash } from 'node:crypto';

/** Most labels or annotations kept of one alert, and most characters of one value (4 KiB of ASCII). */
export const MAX_ENTRIES = 64;
export const MAX_VALUE = 4_096;
const MAX_NAME = 256;
const MAX_FINGERPRINT = 128;
const CUT = '… [cut]';

/** Labels that routes, titles and cards read: kept before others when there are too many. */
const KEPT_FIRST: ReadonlySet<string> = new Set([
  'alertname',
  'severity',
  'service',
  'job',
  'namespace',
  'instance',
  'cluster',
  'summary',
  'description',
  'runbook_url',
  'dashboard_url',
]);

/** The key under which a map says that something was left out. */
export const CUT_MARK = 'tocsin_cut';

/** An object of the sender's as a map inside our limits; what did not fit is said under CUT_MARK. */
export function readMap(record: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const entries = Object.entries(record);
  const wanted = entries.filter(([key]) => KEPT_FIRST.has(key));
  const others = entries.filter(([key]) => !KEPT_FIRST.has(key));
  const kept = [...wanted, ...others].slice(0, MAX_ENTRIES);
  const map = new Map(kept.map(([key, value]) => [cut(key, MAX_NAME), cut(asText(value), MAX_VALUE)]));
  if (entries.length > kept.length) map.set(CUT_MARK, `${entries.length - kept.length} more were left out`);
  return map;
}

/** A text of at most `max` characters, with a mark where it was cut; never half a surrogate pair. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const kept = text.slice(0, max - CUT.length);
  return (kept.isWellFormed() ? kept : kept.slice(0, -1)) + CUT;
}

/** A time of the sender's. Years outside 2000–2100 (Go's zero time, 275760) mean "not said". */
export function readTime(text: string | undefined | null): Date | null {
  if (text === undefined || text === null) return null;
  const time = new Date(text);
  const year = time.getUTCFullYear();
  return year >= 2000 && year <= 2100 ? time : null;
}

/** The address when it is http or https and of sane length, else null: nothing else becomes a link. */
export function readUrl(text: string | undefined | null): string | null {
  if (text === undefined || text === null || text.length > 2_000 || !URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
}

/** The sender's own key of the series, or one made of name and labels when it sends none. */
export function readFingerprint(
  given: string | undefined | null,
  name: string,
  labels: ReadonlyMap<string, string>,
): string {
  if (given !== undefined && given !== null && given !== '') {
    return given.length <= MAX_FINGERPRINT ? given : hash(given);
  }
  return hash(JSON.stringify([name, ...[...labels].sort(([a], [b]) => (a < b ? -1 : 1))]));
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function hash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64url');
}
