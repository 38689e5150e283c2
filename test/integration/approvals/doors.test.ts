import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Execution } from '../../../src/executions/model.ts';
import { getExecution } from '../../../src/executions/store.ts';
import type { DispatchDeps } from '../../../src/slack/dispatch.ts';
import { dispatchAction } from '../../../src/slack/dispatch-action.ts';
import { dispatchView } from '../../../src/slack/dispatch-view.ts';
import { readIncoming } from '../../../src/slack/incoming.ts';
import { loadListeners } from '../../../src/slack/register-listeners.ts';
import { APPROVAL_ACTIONS, buttonValue } from '../../../src/slack/views/approval-card.ts';
import { BREAK_GLASS_VIEW } from '../../../src/slack/views/break-glass-modal.ts';
import { testConfig } from '../../harness/feature.ts';
import { startSlackWorld } from '../slack/slack-world.ts';
import type { SlackWorld } from '../slack/slack-world.ts';
import { GROUP, insertRequest, POLICY } from './approval-world.ts';

const TEAM = 'T0SANDBOX';
const ANA = { teamId: TEAM, userId: 'U0ANA', personId: 'ana' };
const TS = '1700000000.000100';

let world: SlackWorld;
let deps: DispatchDeps;
let number = 0;
let clicks = 0;

beforeAll(async () => {
  world = await startSlackWorld();
  const people = ['ana', 'ben', 'mira', 'max'].map((id) => ({
    id,
    name: id,
    slack: [{ teamId: TEAM, userId: `U0${id.toUpperCase()}` }],
  }));
  deps = {
    ...world.deps,
    config: testConfig({ people, policies: [{ ...POLICY, approvers: [GROUP], breakGlass: ['ben'] }] }),
    gateway: world.slack.gateway,
    identity: world.slack.identity,
    commands: new Map(),
    listeners: await loadListeners(),
  };
});
afterAll(() => world.stop());

interface Card {
  readonly execution: Execution;
  readonly channelId: string;
  readonly value: string;
}

/** A request and its card in the incident's channel. */
async function card(): Promise<Card> {
  number += 1;
  const id = await insertRequest(deps, number, { requester: ANA });
  const execution = await getExecution(deps.db, id);
  if (execution === undefined) throw new Error('no request');
  const channelId = `C0INC${number}`;
  await deps.db.query(
    `insert into surfaces (id, kind, subject, incident_id, channel_id, ts) values ($1, 'approval', $2, $3, $4, $5)`,
    [deps.newId(), id, execution.incidentId, channelId, TS],
  );
  return { execution, channelId, value: buttonValue({ execution }) };
}

interface Click {
  readonly as: string;
  readonly team?: string;
  readonly value: string;
  readonly channelId: string;
  readonly ts?: string;
  readonly workspace?: string;
}

function click({ as, team = TEAM, value, channelId, ts = TS, workspace = TEAM }: Click): Promise<string> {
  clicks += 1;
  const body = {
    type: 'block_actions',
    team: { id: workspace },
    user: { id: as, team_id: team },
    container: { type: 'message', message_ts: ts, channel_id: channelId },
    channel: { id: channelId },
    actions: [{ type: 'button', action_id: APPROVAL_ACTIONS.approve, block_id: 'b', value, action_ts: TS }],
  };
  return dispatchAction(deps, readIncoming(body, [`click-${clicks}`]));
}

async function rows(): Promise<number> {
  const answer = await deps.db.query<{ count: string }>('select count(*) from log');
  return Number(answer.rows[0]?.count);
}

async function state({ execution }: Card): Promise<string | undefined> {
  return (await getExecution(deps.db, execution.id))?.state;
}

it.each([
  ['a guest', { as: 'U0GUEST' }, 'Guests can read'],
  [
    'somebody from another workspace',
    { as: 'U0STRANGER', team: 'T0OTHER' },
    'only members of this workspace',
  ],
  ['a deactivated account', { as: 'U0GONE' }, 'deactivated'],
  ['a bot', { as: 'U0TOCSIN' }, 'Bots'],
  ['an account that Slack does not know', { as: 'U0NOBODY' }, 'does not know'],
  ['another workspace', { as: 'U0MIRA', workspace: 'T0OTHER' }, 'another workspace'],
  ['a responder', { as: 'U0BEN' }, 'Only mira, max may approve'],
  ['the requester', { as: 'U0ANA' }, 'somebody else'],
])('refuses %s with a sentence and one log row, and changes nothing', async (_who, who, sentence) => {
  const shown = await card();
  const before = await rows();
  const told = await click({ ...who, value: shown.value, channelId: shown.channelId });
  expect(told.toLowerCase()).toContain(sentence.toLowerCase());
  expect(await state(shown)).toBe('awaiting-approval');
  expect((await rows()) - before).toBe(1);
});

it('counts a button only in the message that holds it', async () => {
  const [shown, other] = [await card(), await card()];
  const before = await rows();
  const tries: readonly Partial<Click>[] = [
    { channelId: 'C0INCIDENTS' },
    { ts: '1700000000.000200' },
    { channelId: other.channelId },
    { value: other.value },
    { value: `${other.execution.id}.${'0'.repeat(16)}` },
    { value: '' },
  ];
  for (const attempt of tries) {
    const told = await click({ as: 'U0MIRA', value: shown.value, channelId: shown.channelId, ...attempt });
    expect(told).not.toBe('');
  }
  expect([await state(shown), await state(other)]).toEqual(['awaiting-approval', 'awaiting-approval']);
  expect((await rows()) - before).toBe(tries.length);
});

it('takes the click of a manager, and a repeat of its delivery has no effect', async () => {
  const shown = await card();
  expect(await click({ as: 'U0MIRA', value: shown.value, channelId: shown.channelId })).toContain('Approved');
  clicks -= 1;
  const before = await rows();
  expect(await click({ as: 'U0MIRA', value: shown.value, channelId: shown.channelId })).toBe('');
  expect([await state(shown), (await rows()) - before]).toEqual(['approved', 0]);
});

it('believes nothing that a form carries: 200 made-up ids have no effect', async () => {
  const shown = await card();
  for (let round = 0; round < 200; round += 1) {
    const id = `${deps.newId()}.${'0'.repeat(16)}`;
    const body = {
      type: 'view_submission',
      team: { id: TEAM },
      user: { id: 'U0BEN', team_id: TEAM },
      view: {
        id: 'V1',
        callback_id: BREAK_GLASS_VIEW,
        private_metadata: round % 2 === 0 ? id : shown.execution.incidentId,
        blocks: [],
        state: {
          values: { reason: { r: { value: 'no-approver' } }, line: { l: { value: 'because I say so' } } },
        },
      },
    };
    const reply = await dispatchView(deps, readIncoming(body, [`form-${round}`]));
    expect(reply).toMatchObject({ response_action: 'update' });
  }
  const uses = await deps.db.query('select from break_glass_uses');
  expect([await state(shown), uses.rowCount]).toEqual(['awaiting-approval', 0]);
});
