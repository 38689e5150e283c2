import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import type { SlackMessageSeen } from '../harness/sandbox-client.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

const NAMESPACE = 'exalt-shared';
const DEPLOYMENT = 'user-profile-service';
const PATCH = `PATCH /apis/apps/v1/namespaces/${NAMESPACE}/deployments/${DEPLOYMENT}`;

/** A team's own, whose first step has an action. */
const PLAYBOOK = `---
title: It hangs
alert: UserProfileServiceDown
alongside: true
---

## Act

1. [ ] [Restart](action:restart) it \`id:restart-it\`
`;

let world: World;
let channel: string;

beforeAll(async () => {
  const playbooks = await mkdtemp(join(tmpdir(), 'tocsin-playbooks-'));
  await writeFile(join(playbooks, 'it-hangs.md'), PLAYBOOK);
  world = await startWorld({ env: { TOCSIN_PLAYBOOKS: playbooks } });
  await world.alert(firingAlert('UserProfileServiceDown', { job: DEPLOYMENT }));
  channel = await world.sandbox.until('the channel of the incident', async () => {
    const found = (await world.sandbox.channels()).find(({ name }) => name.startsWith('inc-1-'));
    return found !== undefined && found.members.includes('U0ANA') ? found.id : undefined;
  });
});
afterAll(() => world.stop());

function seen(
  what: string,
  test: (message: SlackMessageSeen) => boolean,
  as = 'U0ANA',
): Promise<SlackMessageSeen> {
  return world.sandbox.until(what, async () =>
    (await world.sandbox.messages(channel, as)).findLast((message) => test(message)),
  );
}

function modal(as: string, words: string) {
  return world.sandbox.until(`a modal that says ${words}`, async () => {
    const found = await world.sandbox.modal(as);
    return found !== undefined && JSON.stringify(found.blocks).includes(words) ? found : undefined;
  });
}

async function effects(): Promise<number> {
  return (await world.sandbox.ledger(PATCH)).filter((entry) => entry.effect).length;
}

/** Ana asks for a restart and Mira is asked to approve it. @returns the card with the button */
async function ask(reason: string): Promise<SlackMessageSeen> {
  await world.sandbox.command('U0ANA', channel, '/incident run restart');
  const plan = await modal('U0ANA', 'Outage:');
  const sent = await world.sandbox.submit('U0ANA', plan.id, { reason: { reason } });
  expect(sent.errors).toBeUndefined();
  return seen(
    'the approval card',
    (message) =>
      JSON.stringify(message.blocks ?? []).includes(reason) &&
      JSON.stringify(message.blocks ?? []).includes('approval.approve'),
  );
}

describe('a restart from Slack', () => {
  it('is asked for, approved by one click, runs once, and says how it ended', async () => {
    const card = await ask('memory climbs');
    expect(await effects()).toBe(0);
    const clicked = await world.sandbox.click({
      as: 'U0MIRA',
      channel,
      ts: card.ts,
      actionId: 'approval.approve',
    });
    expect(clicked.error).toBeUndefined();
    const done = await seen('the card that says it is done', ({ text }) =>
      text.includes('is done. The rollout'),
    );
    expect(done.text).toContain('3 of 3 updated, 3 available');
    expect(JSON.stringify(done.blocks)).toContain('<@U0MIRA>');
    expect(await effects()).toBe(1);
  });

  it('gives the command to copy and takes "done by hand" when the cluster cannot be reached', async () => {
    await world.sandbox.fault({ target: 'kubernetes:*', fault: { kind: 'status', code: 503 }, times: -1 });
    await world.sandbox.command('U0ANA', channel, '/incident run restart');
    const unseen = await modal('U0ANA', 'kubectl');
    expect(JSON.stringify(unseen.blocks)).toContain(`rollout restart deployment/${DEPLOYMENT}`);
    await world.sandbox.post('/control/click', {
      as: 'U0ANA',
      view_id: unseen.id,
      action_id: 'execution.by-hand',
    });
    const form = await modal('U0ANA', 'What you did');
    await world.sandbox.submit('U0ANA', form.id, { note: { note: 'restarted it from my laptop' } });
    const card = await seen('the card', ({ text }) => text.includes('is done by hand.'));
    expect(card.text).toContain('restarted it from my laptop');
    await world.sandbox.clearFaults();
  });

  it('starts from a step of the checklist, and the request knows the step', async () => {
    const has = (id: string) => (message: SlackMessageSeen) =>
      JSON.stringify(message.blocks ?? []).includes(`"action_id":"${id}"`);
    const checklist = await seen('a checklist with an action', has('execution.request'));
    const value = /"value":"(restart [^"]+)"/.exec(JSON.stringify(checklist.blocks))?.[1] ?? '';
    const click = { as: 'U0ANA', channel, ts: checklist.ts, actionId: 'execution.request' };
    await world.sandbox.click({ ...click, more: { value: 'restart no-such-step', forge: true } });
    await world.sandbox.click({ ...click, more: { value } });
    const plan = await modal('U0ANA', 'Outage:');
    await world.sandbox.submit('U0ANA', plan.id, { reason: { reason: 'from the checklist' } });
    await seen(
      'the card',
      ({ text, blocks }) =>
        text.includes('is waiting for approval.') && JSON.stringify(blocks).includes('from the checklist'),
    );
    const rows = await world.owner.query<{ step_key: string | null; playbook_version: string | null }>(
      `select step_key, playbook_version from app.executions where state = 'awaiting-approval'`,
    );
    expect(rows.rows).toEqual([
      {
        step_key: expect.stringMatching(new RegExp(`/${value.split(' ')[1] ?? ''}$`)),
        playbook_version: expect.any(String),
      },
    ]);
    const forged = await world.owner.query(
      `select from app.executions where step_key like '%no-such-step' or state = 'requested' and requested_at > now()`,
    );
    expect(forged.rowCount).toBe(0);
  });

  it('is refused from the incident’s card while another is waiting, and can be taken back by whoever asked', async () => {
    const waiting = await seen('the card', ({ text }) => text.includes('is waiting for approval.'));
    await world.sandbox.command('U0BEN', channel, '/incident ack');
    const card = await seen('the card of the incident', ({ blocks }) =>
      JSON.stringify(blocks ?? []).includes('"action_id":"execution.choose"'),
    );
    await world.sandbox.click({ as: 'U0BEN', channel, ts: card.ts, actionId: 'execution.choose' });
    const refused = await modal('U0BEN', 'Somebody is at it already');
    expect(JSON.stringify(refused.blocks)).toContain('<@U0ANA>');
    const click = { channel, ts: waiting.ts, actionId: 'execution.cancel' };
    await world.sandbox.click({ ...click, as: 'U0CLEO' });
    await seen('why not', ({ text }) => text.includes('Only whoever asked for it'), 'U0CLEO');
    await world.sandbox.click({ ...click, as: 'U0ANA' });
    await seen(
      'that it was taken back',
      ({ text, ts }) => ts === waiting.ts && text.includes('is cancelled.'),
    );
  });
});
