import { expect, test } from 'vitest';
import { createWaitingList } from '../../../src/slack/gateway/waiting-list.ts';

const now = (): number => performance.now();

test('the most urgent goes first, then who came first', async () => {
  const list = createWaitingList({ maxWaitMs: 1_000, now });
  const order: string[] = [];
  let open = 0;
  const gate = Promise.withResolvers<number>();
  const join = (name: string, urgency: number): Promise<void> =>
    list.take('bucket', urgency, () => {
      open += 1;
      // The first call is on its way while the others join.
      if (open === 1) return gate.promise;
      order.push(name);
      return Promise.resolve(0);
    });
  const all = [join('first', 5), join('low', 9), join('b', 3), join('a', 1), join('c', 3)];
  gate.resolve(0);
  await Promise.all(all);
  expect(order).toEqual(['a', 'b', 'c', 'low']);
});

test('who cannot be served in time is sent back with the time to come again', async () => {
  const list = createWaitingList({ maxWaitMs: 1_500, now });
  const slow = [5, 5, 5, 1].map((urgency) => list.take('bucket', urgency, () => Promise.resolve(3)));
  const outcomes = await Promise.allSettled(slow);
  expect(outcomes).toEqual(
    [expect.anything(), expect.anything(), expect.anything(), expect.anything()].map(() => ({
      status: 'rejected',
      reason: expect.objectContaining({ code: 'rate_limited' }),
    })),
  );
  const waits = outcomes.map((one) =>
    one.status === 'rejected' ? (one.reason as { retryAfterSeconds: number }).retryAfterSeconds : 0,
  );
  expect(Math.min(...waits)).toBe(3);
  // Not all at the same moment, and the most urgent first.
  expect(Math.max(...waits)).toBeGreaterThan(3);
  expect(waits[3]).toBe(3);
});

test('a short wait is waited for', async () => {
  const list = createWaitingList({ maxWaitMs: 1_000, now });
  let tries = 0;
  await list.take('bucket', 1, () => {
    tries += 1;
    return Promise.resolve(tries === 1 ? 0.02 : 0);
  });
  expect(tries).toBe(2);
});

test('one bucket does not hold up another, and a failure belongs to its own call', async () => {
  const list = createWaitingList({ maxWaitMs: 1_000, now });
  const stuck = Promise.withResolvers<number>();
  const slow = list.take('slow', 1, () => stuck.promise);
  await list.take('quick', 9, () => Promise.resolve(0));
  const failing = list.take('quick', 1, () => Promise.reject(new Error('no database')));
  await expect(failing).rejects.toThrow('no database');
  await list.take('quick', 1, () => Promise.resolve(0));
  stuck.resolve(0);
  await slow;
});

test('who joins from the continuation of the last one in line is served too', async () => {
  const list = createWaitingList({ maxWaitMs: 1_000, now });
  let served = 0;
  for (; served < 50; served += 1) {
    await list.take('bucket', 1, () => Promise.resolve(0));
  }
  expect(served).toBe(50);
});
