import { createHmac, randomBytes, randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { secret } from '../../../src/lib/secret.ts';
import { verifyRequest } from '../../../src/slack/verify-request.ts';

const NOW = 1_800_000_000;
const SECRETS = [secret('first'), secret('second')];

function sign(body: Buffer, key = 'first', timestamp = String(NOW)): string {
  return `v0=${createHmac('sha256', key).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
}

const check = (
  rawBody: Buffer,
  signature: string | string[] | undefined,
  timestamp: string | string[] | undefined = String(NOW),
  now = NOW,
): boolean => verifyRequest(SECRETS, { signature, timestamp, rawBody }, now);

test('a signature of any of our secrets is good', () => {
  const body = Buffer.from('payload=1');
  expect(check(body, sign(body))).toBe(true);
  expect(check(body, sign(body, 'second'))).toBe(true);
  expect(check(body, sign(body, 'third'))).toBe(false);
});

test('K1: of 1,000 bodies changed by one bit after signing none is good', () => {
  for (let turn = 0; turn < 1_000; turn += 1) {
    const body = randomBytes(1 + randomInt(400));
    const signature = sign(body);
    const changed = Buffer.from(body);
    const at = randomInt(changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << randomInt(8));
    expect(check(body, signature)).toBe(true);
    expect(check(changed, signature)).toBe(false);
  }
});

test('K1: other forms of a signature are not good', () => {
  const body = Buffer.from('payload=1');
  const good = sign(body);
  const wrong: (string | string[] | undefined)[] = [
    undefined,
    '',
    'v0=',
    good.slice(3),
    good.replace('v0=', 'v1='),
    good.toUpperCase(),
    `v0=${good.slice(3).toUpperCase()}`,
    `${good}00`,
    ` ${good}`,
    `${good}\n`,
    [good, good],
    sign(Buffer.from('payload=2')),
  ];
  for (const signature of wrong) expect(check(body, signature)).toBe(false);
});

test('K2: the window is 300 s on both sides of the clock', () => {
  const body = Buffer.from('');
  for (const [distance, isGood] of [
    [-301, false],
    [-300, true],
    [-299, true],
    [0, true],
    [299, true],
    [300, true],
    [301, false],
    [86_400 * 365, false],
  ] as const) {
    const timestamp = String(NOW + distance);
    expect(check(body, sign(body, 'first', timestamp), timestamp)).toBe(isGood);
  }
  for (const timestamp of ['', 'now', '1e9', '-1', `${NOW}.5`, `+${NOW}`, `0x1`, ` ${NOW}`]) {
    expect(check(body, sign(body, 'first', timestamp), timestamp)).toBe(false);
  }
  expect(check(body, sign(body), [String(NOW), String(NOW)])).toBe(false);
});

test('without a secret nothing is good', () => {
  const body = Buffer.from('x');
  expect(verifyRequest([], { signature: sign(body), timestamp: String(NOW), rawBody: body }, NOW)).toBe(
    false,
  );
});
