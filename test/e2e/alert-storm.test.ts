import { afterAll, beforeAll, expect, test } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

/** Four times Slack's real limits on both sides: the same storm, a quarter of the time. */
const SCALE = 4;
const MINOR = 24;
let world: World;

beforeAll(async () => {
  world = await startWorld({ replicas: 2, limitScale: SCALE });
});
afterAll(() => world.stop());

test('a storm of alerts never makes Slack say 429, the worst comes first, and every incident gets its card', async () => {
  const minor = Array.from({ length: MINOR }, (_, index) =>
    world.alert(firingAlert(`Slow${index}`, { severity: 'warning', job: `job-${index}` }), {
      replica: index % 2,
    }),
  );
  expect((await Promise.all(minor)).map((answer) => answer.status)).toEqual(
    Array.from({ length: MINOR }, () => 202),
  );
  expect((await world.alert(firingAlert('ServiceDown', { service: 'user-service' }))).status).toBe(202);

  const opened = await world.sandbox.until(
    'a channel with a card for each',
    async () => {
      const channels = (await world.sandbox.channels()).filter(({ name }) => name.startsWith('inc-'));
      if (channels.length <= MINOR) return undefined;
      const cards = await Promise.all(channels.map(({ id }) => world.sandbox.messages(id)));
      return cards.every((messages) => messages.some((message) => message.user === 'U0TOCSIN')) && channels;
    },
    60_000,
  );
  expect(opened.length).toBe(MINOR + 1);

  const ledger = await world.sandbox.ledger();
  expect(ledger.filter((entry) => entry.status === 429)).toEqual([]);
  const created = ledger.filter((entry) => entry.method === 'conversations.create' && entry.effect);
  const place = created.findIndex((entry) => String(entry.args?.['name']).includes('down'));
  // It came last of all, and is not created last.
  expect(place).toBeGreaterThanOrEqual(0);
  expect(place).toBeLessThan(MINOR - 4);
});
