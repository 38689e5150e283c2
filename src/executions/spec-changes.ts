import { canonicalJson } from '../lib/canonical-json.ts';
import type { Json, JsonObject } from '../lib/json.ts';

export interface SpecChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** What is different between the specification that was approved and the one seen now; empty when nothing is. */
export function specChanges(approved: JsonObject, now: JsonObject): readonly SpecChange[] {
  const names = [...new Set([...Object.keys(approved), ...Object.keys(now)])];
  return names
    .filter((name) => canonicalJson(approved[name]) !== canonicalJson(now[name]))
    .map((name) => ({ name, before: inWords(approved[name]), after: inWords(now[name]) }));
}

/** "images: web=a:1 → web=a:2; generation: 3 → 4" */
export function describeChanges(changes: readonly SpecChange[]): string {
  return changes.map(({ name, before, after }) => `${name}: ${before} → ${after}`).join('; ');
}

const LONGEST = 60;

function inWords(value: Json | undefined): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'string') return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 8) : shorten(value);
  if (Array.isArray(value)) return shorten(value.map(inWords).join(', '));
  if (typeof value !== 'object') return String(value);
  return shorten(
    Object.entries(value)
      .map(([key, inner]: [string, Json]) => `${key} ${inWords(inner)}`)
      .join(', '),
  );
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
