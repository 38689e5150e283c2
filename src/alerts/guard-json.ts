import { CodedError } from '../errors.ts';

/** A level is an object or an array; 32 is far above what any sender nests (Alertmanager: 3). */
export const MAX_DEPTH = 32;
/** About 700 alerts with 14 labels and annotations each. */
export const MAX_KEYS = 10_000;
/** Elements of arrays and objects together; an alert has none in arrays. */
export const MAX_VALUES = 50_000;

/**
 * Bytes from outside as a JSON value that is safe to walk, print and store. Depth and number of keys are counted on
 * the text, before the parser builds anything: a 20 KB body nested 10,000 deep makes later printing throw, and a
 * megabyte of brackets stops the process for most of a second.
 * @throws CodedError bad_input, with a sentence that holds nothing of the body
 */
export function guardJson(rawBody: Buffer): unknown {
  const text = decode(rawBody);
  countStructure(text);
  const value = parse(text);
  // Only an escape can bring in what valid UTF-8 and the parser have not refused already.
  if (text.includes('\\u')) checkTexts(value);
  return value;
}

function decode(rawBody: Buffer): string {
  if (rawBody.length === 0) throw bad('The body is empty; a JSON object is expected.');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(rawBody);
  } catch (error) {
    throw bad('The body is not valid UTF-8.', error);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;

function countStructure(text: string): void {
  let depth = 0;
  let keys = 0;
  let values = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = endOfString(text, index);
    } else if (code === COLON) {
      keys += 1;
      if (keys > MAX_KEYS) throw bad(`The body has more than ${MAX_KEYS} keys; send fewer alerts at once.`);
    } else if (code === COMMA) {
      values += 1;
      if (values > MAX_VALUES)
        throw bad(`The body has more than ${MAX_VALUES} values; send fewer alerts at once.`);
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) throw bad(`The body is nested deeper than ${MAX_DEPTH} levels.`);
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === BACKSLASH) index += 1;
    else if (code === QUOTE) return index;
  }
  return text.length;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // The parser's own message quotes the body, which may hold secrets.
    throw bad('The body is not JSON.', error);
  }
}

/** PostgreSQL stores neither U+0000 nor half a surrogate pair. */
function checkTexts(value: unknown): void {
  if (typeof value === 'string') return checkText(value);
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const inner of value) checkTexts(inner);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    checkText(key);
    checkTexts(inner);
  }
}

function checkText(text: string): void {
  if (text.includes('\u0000')) throw bad('The body has a text with the character U+0000.');
  if (!text.isWellFormed()) throw bad('The body has a text with half a surrogate pair.');
}

function bad(sentence: string, cause?: unknown): CodedError {
  return new CodedError('bad_input', sentence, { cause });
}
