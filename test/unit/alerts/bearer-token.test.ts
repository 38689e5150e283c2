import { expect, test } from 'vitest';
import { hasBearerToken } from '../../../src/alerts/bearer-token.ts';
import { secret } from '../../../src/lib/secret.ts';

const TOKEN = 'k3Yq0v7mXb1LwZ9sRt5uNc2d';
const secrets = [secret(TOKEN)];

/** Nanoseconds per check of one guess, interleaved with the others, so that noise of the machine hits all alike. */
function measure(guesses: readonly string[], rounds: number): number[][] {
  const requests = guesses.map((guess) => ({
    headers: { authorization: `Bearer ${guess}` },
    rawBody: Buffer.alloc(0),
  }));
  const times: number[][] = guesses.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    // Who is first changes, since being first costs something.
    for (let at = 0; at < requests.length; at += 1) {
      const index = (at + round) % requests.length;
      const request = requests[index];
      if (request === undefined) continue;
      const started = process.hrtime.bigint();
      hasBearerToken(request, secrets);
      times[index]?.push(Number(process.hrtime.bigint() - started));
    }
  }
  return times;
}

/** Welch's t of two samples, without the slowest tenth: pauses of the collector are no secret. */
function welch(a: readonly number[], b: readonly number[]): number {
  const cut = (sample: readonly number[]) =>
    sample.toSorted((x, y) => x - y).slice(0, Math.floor(sample.length * 0.9));
  const stats = (sample: readonly number[]) => {
    const mean = sample.reduce((sum, one) => sum + one, 0) / sample.length;
    const variance = sample.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (sample.length - 1);
    return { mean, error: variance / sample.length };
  };
  const [x, y] = [stats(cut(a)), stats(cut(b))];
  return (x.mean - y.mean) / Math.sqrt(x.error + y.error);
}

test('time does not tell whether the first characters of a guess are right', () => {
  // Fresh and flat for each try: how a string came to be, and where it lies, costs time that is no secret.
  const flat = (text: string): string => Buffer.from(text).toString('latin1');
  measure([flat(`${TOKEN.slice(0, -1)}x`), flat(`x${TOKEN.slice(1)}`)], 5_000);
  // 2 × 50,000 checks; a difference that is there would show in every one of six tries.
  const tries = [1, 2, 3, 4, 5, 6].map(() => {
    const [a = [], b = []] = measure([flat(`${TOKEN.slice(0, -1)}x`), flat(`x${TOKEN.slice(1)}`)], 50_000);
    return Math.abs(welch(a, b));
  });
  expect(Math.min(...tries)).toBeLessThan(4.5);
});

test('a check that leaks would be found by this measurement', () => {
  const slow = [...measure([TOKEN], 2_000)].flat();
  expect(
    Math.abs(
      welch(
        slow,
        slow.map((one) => one + 200),
      ),
    ),
  ).toBeGreaterThan(4.5);
});
