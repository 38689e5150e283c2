import { expect, test } from 'vitest';
import { guardJson, MAX_DEPTH, MAX_KEYS } from '../../../src/alerts/guard-json.ts';

const guard = (text: string): unknown => guardJson(Buffer.from(text));

test('takes exactly the depth and the keys that are allowed', () => {
  expect(() => guard('['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH))).not.toThrow();
  expect(() => guard('['.repeat(MAX_DEPTH + 1) + ']'.repeat(MAX_DEPTH + 1))).toThrow(/32 levels/);
  const keys = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 1])));
  expect(() => guard(keys(MAX_KEYS))).not.toThrow();
  expect(() => guard(keys(MAX_KEYS + 1))).toThrow(/10000 keys/);
});

test('brackets, colons and escaped quotes inside texts do not count', () => {
  const text = '\\"[{:'.repeat(20_000);
  expect(guard(JSON.stringify({ text }))).toEqual({ text });
});

test('an escaped backslash before u0000 is text; U+0000 itself is refused, also in a key', () => {
  expect(guard('{"a":"\\\\u0000"}')).toEqual({ a: '\\u0000' });
  expect(() => guard('{"a":"\\u0000"}')).toThrow(/U\+0000/);
  expect(() => guard('{"\\u0000":1}')).toThrow(/U\+0000/);
  expect(() => guard('{"\\udc00":1}')).toThrow(/surrogate/);
  expect(guard('"\\ud83d\\ude00"')).toBe('😀');
});

test('a megabyte of brackets, keys, an endless text or values is refused or read without a stall', () => {
  for (const body of [
    '['.repeat(1_048_576),
    '{"a":'.repeat(200_000),
    `"${'a'.repeat(1_048_000)}`,
    `[${'1,'.repeat(500_000)}1]`,
  ]) {
    const started = process.cpuUsage();
    try {
      guard(body);
    } catch {
      // Whether it is refused is for the tests above.
    }
    // CPU time, since others use the machine; 100 ms of a quiet one is the promise.
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(200);
  }
});

test('what is said about a body holds nothing of it', () => {
  expect(() => guard('{"token":"s3cret",}')).toThrow(
    expect.not.objectContaining({ userMessage: expect.stringContaining('s3cret') }),
  );
});
