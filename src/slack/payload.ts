/** Readers for payloads of unknown shape: what is not there reads as empty, never throws. */

export type PayloadRecord = Readonly<Record<string, unknown>>;

const EMPTY: PayloadRecord = Object.freeze({});

/** The value as a record; anything but an object reads as an empty one. */
export function asRecord(value: unknown): PayloadRecord {
  return isRecord(value) ? value : EMPTY;
}

export function isRecord(value: unknown): value is PayloadRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text, or an empty one. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The texts of a list; what is not text is passed over. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string');
}
