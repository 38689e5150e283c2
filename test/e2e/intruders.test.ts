import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import type { SlackMessageSeen } from '../harness/sandbox-client.ts';
import { settled, tellStory } from '../harness/story.ts';
import type { Story } from '../harness/story.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

/** The thousand of K9 are in the integration tests; these go through the whole program. */
const FORGERIES = 200;
/** What people who may nothing try, at every door. */
const COMMANDS = ['ack', 'status monitoring', 'resolve', 'run restart', 'declare P0 mine'];
const APPROVE = 'Approve restart of User Profile Service (prod)';

let world: World;
let story: Story;
let channel: string;
let card: SlackMessageSeen;
let approval: SlackMessageSeen;
let checklist: SlackMessageSeen;

beforeAll(async () => {
  world = await startWorld({ limitScale: 1000 });
  story = tellStory(world);
  await world.alert(firingAlert('UserProfileServiceDown', { job: 'user-profile-service' }));
  channel = (await story.goToIncident(1)).id;
  await story.ana.types('/incident run restart');
  await story.ana.readsForm('Outage:');
  await story.ana.sends({ 'Why, in one line': 'heap is full' });
  approval = await story.mira.sees('please decide', APPROVE);
  card = await story.ana.sees('P0 INC-1', 'Acknowledge and take command');
  checklist = await story.ana.sees('Checklist: P0');
  await settled(world);
  await world.sandbox.until(
    'the channel is decorated',
    async () => (await world.sandbox.ledger('pins.add')).length > 0,
  );
});
afterAll(() => world.stop());

/** All state that people can change, without refusals; a form that was opened and not sent is no request yet. */
async function state(): Promise<unknown> {
  const { rows } = await world.owner.query<{ state: unknown }>(
    `select jsonb_build_object(
       'incidents', (select jsonb_agg(i order by id) from app.incidents i),
       'executions', (select jsonb_agg(e order by id) from app.executions e where state <> 'requested'),
       'votes', (select jsonb_agg(v order by execution_id) from app.votes v),
       'items', (select jsonb_agg(c order by checklist_id, step_id) from app.checklist_items c),
       'resolutions', (select jsonb_agg(r) from app.resolutions r),
       'surfaces', (select jsonb_agg(s.id order by s.id) from app.surfaces s)) as state`,
  );
  const effects: Record<string, number> = {};
  for (const { effect, method } of await world.sandbox.ledger()) {
    // What a person is told alone is no change, nor that they were refused.
    if (!effect || /^(chat\.postEphemeral|views\.|response)/.test(method)) continue;
    effects[method] = (effects[method] ?? 0) + 1;
  }
  return { state: rows[0]?.state, effects };
}

describe('those who may not', () => {
  it.each([
    ['a guest', 'U0GUEST', 'Guests can read here'],
    ['somebody of another workspace', 'U0STRANGER', 'another'],
    ['somebody deactivated', 'U0GONE', 'deactivated'],
  ])('%s changes nothing, by any door, and is told why', async (_, id, why) => {
    const before = await state();
    const person = story.actor(id);
    for (const command of COMMANDS) {
      expect(await person.types(`/incident ${command}`)).toContain(why);
    }
    await press(id, card, 'incident.acknowledge');
    await press(id, approval, 'approval.approve');
    await person.sees(why);
    await settled(world);
    expect(await state()).toEqual(before);
  });

  it('a button counts only in a message of ours: a copy in another message does nothing', async () => {
    const before = await state();
    const { ts } = await world.sandbox.post<{ ts: string }>('/control/message', {
      as: 'U0BEN',
      channel,
      text: 'look at my own card',
    });
    for (const actionId of [
      'incident.acknowledge',
      'approval.approve',
      'checklist.tick',
      'resolution.open',
    ]) {
      await forge({ as: 'U0BEN', ts, action_id: actionId, value: valueOf(approval, 'approval.approve') });
    }
    await story.ben.sees('That button is not in a message of mine');
    // Nor does the button of one card in another card of ours.
    await forge({
      as: 'U0MAX',
      ts: card.ts,
      action_id: 'approval.approve',
      value: valueOf(approval, 'approval.approve'),
    });
    await story.max.sees('This button belongs to another request.');
    expect(await state()).toEqual(before);
  });

  it(`${FORGERIES} forged payloads have no effect`, { timeout: 120_000 }, async () => {
    const before = await state();
    const messages = [card, approval, checklist];
    const actions = [
      'approval.approve',
      'approval.break-glass',
      'checklist.tick',
      'checklist.skip',
      'checklist.unskip',
      'execution.by-hand',
      'execution.ask-again',
      'incident.service',
      'incident.status',
      'nothing.known',
    ];
    const random = numbers('forgeries');
    const one = async (): Promise<void> => {
      const message = pick(messages, random) ?? card;
      const value = tamper(valueOf(approval, 'approval.approve'), random);
      await forge({
        as: pick(['U0ANA', 'U0BEN', 'U0MIRA', 'U0MAX', 'U0GUEST'], random) ?? '',
        ts: message.ts,
        action_id: pick(actions, random) ?? '',
        block_id: tamper(message.blocks?.at(-1)?.block_id ?? 'tick:x:0:0:1:0', random),
        value,
        selected_options: [{ text: { type: 'plain_text', text: 'x' }, value }],
        selected_option: { text: { type: 'plain_text', text: 'x' }, value },
        element: { type: pick(['button', 'static_select', 'checkboxes', 'overflow'], random) },
      });
    };
    const worker = async (count: number): Promise<void> => {
      for (let done = 0; done < count; done += 1) await one();
    };
    await Promise.all(Array.from({ length: 4 }, () => worker(FORGERIES / 4)));
    await settled(world);
    expect(await state()).toEqual(before);
  });

  it('and then the one who may still can', async () => {
    await story.mira.clicks(APPROVE);
    expect((await story.ana.sees('Done, approved by <@U0MIRA>')).text).toContain('is done.');
  });
});

async function press(as: string, message: SlackMessageSeen, actionId: string): Promise<void> {
  await world.sandbox.click({ as, channel, ts: message.ts, actionId });
}

async function forge(payload: Readonly<Record<string, unknown>>): Promise<void> {
  await world.sandbox.post('/control/click', { channel, forge: true, ...payload });
}

function valueOf(message: SlackMessageSeen, actionId: string): string {
  const found = new RegExp(`"action_id":"${actionId}","value":"([^"]*)"`).exec(
    JSON.stringify(message.blocks),
  );
  return found?.[1] ?? '';
}

/** Numbers from 0 to 1 that are the same in each run. */
function numbers(seed: string): () => number {
  let count = 0;
  return () => {
    count += 1;
    return createHash('sha256').update(`${seed}${count}`).digest().readUInt32BE(0) / 2 ** 32;
  };
}

function pick<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)];
}

/** The text with one sign changed, cut, doubled, or something else altogether. */
function tamper(text: string, random: () => number): string {
  const at = Math.floor(random() * text.length);
  const sign = String.fromCodePoint(33 + Math.floor(random() * 90));
  const ways = [
    `${text.slice(0, at)}${sign === text[at] ? '~' : sign}${text.slice(at + 1)}`,
    text.slice(0, at),
    `${text.slice(0, at)}${sign}${text.slice(at)}`,
    '',
    '0'.repeat(1 + at),
    `'; drop table incidents; -- ${sign}`,
  ];
  return pick(ways, random) ?? '';
}
