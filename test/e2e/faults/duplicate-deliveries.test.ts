import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allShown, askForRestart, executionIs, openDown, restartsDone } from '../../harness/scenes.ts';
import type { SlackMessageSeen } from '../../harness/sandbox-client.ts';
import { startWorld } from '../../harness/world.ts';
import type { World } from '../../harness/world.ts';

let world: World;
let channel = '';
beforeAll(async () => {
  world = await startWorld({ replicas: 2 });
  channel = (await openDown(world)).id;
});
afterAll(() => world.stop());

const count = async (sql: string, values: unknown[] = []): Promise<number> =>
  Number((await world.owner.query<{ n: string }>(`select count(*) as n ${sql}`, values)).rows[0]?.n);

async function told(as: string, words: string): Promise<number> {
  const messages = await world.sandbox.messages(channel, as);
  return messages.filter((message) => message.ephemeral !== undefined && message.text.includes(words)).length;
}

/** What Slack sends for a click on the card's approve button. */
function approvePayload(card: SlackMessageSeen, user: string): Record<string, unknown> {
  const elements = (card.blocks ?? []).flatMap((block) => (block.type === 'actions' ? block.elements : []));
  const button = elements.find((one) => 'action_id' in one && one.action_id === 'approval.approve');
  return {
    type: 'block_actions',
    team: { id: 'T0SANDBOX', domain: 'sandbox' },
    user: { id: user, team_id: 'T0SANDBOX' },
    api_app_id: 'A0TOCSIN',
    is_enterprise_install: false,
    enterprise: null,
    trigger_id: `1.${randomUUID()}`,
    container: { type: 'message', message_ts: card.ts, channel_id: channel },
    channel: { id: channel, name: 'inc' },
    actions: [{ ...button, action_ts: `${Math.floor(Date.now() / 1000)}.000100` }],
  };
}

async function decideOnce(before: { patches: number; generation: number }): Promise<void> {
  await executionIs(world, 'succeeded');
  await allShown(world);
  const after = await restartsDone(world);
  expect(after.patches).toBe(before.patches + 1);
  expect(after.generation).toBe(before.generation + 1);
}

describe('F7: Slack delivers more than once', () => {
  it('an event that is not answered comes four times, is taken by both replicas, and is noted once', async () => {
    await world.sandbox.fault({
      target: 'delivery',
      match: { kind: 'event' },
      fault: { kind: 'processed_then_reset' },
      times: 3,
    });
    const before = await count(`from app.seen_requests where key like 'event:%'`);
    await world.sandbox.post('/control/message', { as: 'U0ANA', channel, text: 'does anybody hear me?' });
    const eventId = `Ev${randomUUID()}`;
    const statuses = await world.sandbox.post('/control/deliver', {
      kind: 'event',
      times: 4,
      payload: {
        type: 'event_callback',
        team_id: 'T0SANDBOX',
        api_app_id: 'A0TOCSIN',
        event_id: eventId,
        event: { type: 'user_change', user: { id: 'U0ANA' } },
      },
    });
    expect(JSON.stringify(statuses)).not.toContain('"status":5');
    await world.sandbox.until(
      'it is noted',
      async () => (await count('from app.seen_requests where key = $1', [`event:${eventId}`])) === 1,
    );
    expect(await count(`from app.seen_requests where key like 'event:%'`)).toBeGreaterThan(before);
    await world.sandbox.clearFaults();
  });

  it('everything delivered four times, at once and to both replicas: each act counts once', async () => {
    const before = await restartsDone(world);
    await world.sandbox.fault({ target: 'delivery', fault: { kind: 'duplicate', times: 4 }, times: -1 });
    await world.sandbox.command('U0ANA', channel, '/incident ack');
    const opened = (await world.sandbox.ledger('views.open')).filter((entry) => entry.effect).length;
    const card = await askForRestart(world, channel, 'four-times');
    expect((await world.sandbox.ledger('views.open')).filter((entry) => entry.effect)).toHaveLength(
      opened + 1,
    );
    await world.sandbox.click({ as: 'U0MIRA', channel, ts: card.ts, actionId: 'approval.approve' });
    await decideOnce(before);
    await world.sandbox.clearFaults();
    expect(await count('from app.executions')).toBe(1);
    expect(await count(`from app.log where kind = 'incident.acknowledged'`)).toBe(1);
    expect(await count(`from app.log where kind = 'action.requested'`)).toBe(1);
    expect(await count(`from app.log where kind = 'action.approved'`)).toBe(1);
    expect(await count('from app.votes')).toBe(1);
  });

  it('one block_actions payload, ten times at once, as it is and newly signed: one vote, politely', async () => {
    const before = await restartsDone(world);
    const card = await askForRestart(world, channel, 'ten-times');
    const payload = approvePayload(card, 'U0MIRA');
    await Promise.all(
      Array.from({ length: 10 }, (_, skew) =>
        world.sandbox.post('/control/deliver', { kind: 'interactive', payload, skew: -skew, times: 2 }),
      ),
    );
    await decideOnce(before);
    expect(await count('from app.votes')).toBe(2);
    expect(await count(`from app.log where kind = 'action.approved'`)).toBe(2);
    // Without a response_url they are told in the channel: one that it starts, the nine others that it is decided.
    await world.sandbox.until('all ten are told', async () => {
      const late =
        (await told('U0MIRA', 'Nothing to decide any more')) + (await told('U0MIRA', 'recorded already'));
      return late === 9;
    });
  });

  it('a person clicks ten times at once: one vote, and nine polite answers', async () => {
    const before = await restartsDone(world);
    const card = await askForRestart(world, channel, 'ten-clicks');
    const clicks = await Promise.all(
      Array.from({ length: 10 }, () =>
        world.sandbox.click({ as: 'U0MAX', channel, ts: card.ts, actionId: 'approval.approve' }),
      ),
    );
    expect(clicks.map((click) => click.status)).toEqual(clicks.map(() => 200));
    await decideOnce(before);
    expect(await count('from app.votes')).toBe(3);
    await world.sandbox.until(
      'nine are told',
      async () => (await told('U0MAX', 'Nothing to decide any more')) === 9,
    );
  });
});
