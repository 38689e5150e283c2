import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import type { SlackMessageSeen } from '../harness/sandbox-client.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

let world: World;
let channel: string;

beforeAll(async () => {
  world = await startWorld();
  await world.alert(firingAlert('UserProfileServiceDown', { job: 'user-profile-service' }));
  channel = await world.sandbox.until('the channel of the incident', async () => {
    const found = (await world.sandbox.channels()).find(({ name }) => name.startsWith('inc-1-'));
    return found !== undefined && found.members.includes('U0ANA') ? found.id : undefined;
  });
});
afterAll(() => world.stop());

function seen(what: string, test: (words: string) => boolean, as = 'U0ANA'): Promise<SlackMessageSeen> {
  return world.sandbox.until(what, async () =>
    (await world.sandbox.messages(channel, as)).findLast((message) => test(JSON.stringify(message))),
  );
}

const isChecklist = (words: string): boolean => words.includes('*Checklist: P0');

/** The block that holds the box of a step; its id names what was seen. */
function blockOf(message: SlackMessageSeen, stepId: string): string {
  const block = message.blocks?.find(
    (one) => one.type === 'actions' && JSON.stringify(one).includes(`"value":"${stepId}"`),
  );
  if (block?.block_id === undefined) throw new Error(`no box for ${stepId}`);
  return block.block_id;
}

describe('the checklist in Slack', () => {
  it('is worked by two people at once, each on what they see', async () => {
    const message = await seen('the checklist', isChecklist);
    const click = (as: string, stepId: string) =>
      world.sandbox.click({
        as,
        channel,
        ts: message.ts,
        actionId: 'checklist.tick',
        more: { block_id: blockOf(message, stepId), value: stepId },
      });
    const clicks = await Promise.all([click('U0ANA', 'scope'), click('U0BEN', 'open-call')]);
    expect(clicks.map(({ error }) => error)).toEqual([undefined, undefined]);
    const after = await seen('both ticks', (words) => isChecklist(words) && words.includes('2 of '));
    expect(after.ts).toBe(message.ts);
    const words = JSON.stringify(after.blocks);
    expect(words).toContain('<@U0ANA> <!date^');
    expect(words).toContain('<@U0BEN> <!date^');
  });

  it('skips with a picked reason and puts back', async () => {
    const message = await seen('the checklist', isChecklist);
    const skip = { block_id: blockOf(message, 'read-dashboard'), value: 'too-risky read-dashboard' };
    await world.sandbox.click({
      as: 'U0BEN',
      channel,
      ts: message.ts,
      actionId: 'checklist.skip',
      more: skip,
    });
    const skipped = await seen(
      'the skipped step',
      (words) => isChecklist(words) && words.includes('Too risky now_'),
    );
    expect(JSON.stringify(skipped.blocks)).toContain('skipped by <@U0BEN>');
    await world.sandbox.click({ as: 'U0ANA', channel, ts: message.ts, actionId: 'checklist.unskip' });
    await seen(
      'the step put back',
      (words) => isChecklist(words) && words.includes('"value":"read-dashboard"'),
    );
  });

  it('opens another phase for the one who asks, with boxes that count', async () => {
    const message = await seen('the checklist', isChecklist);
    const look = {
      as: 'U0ANA',
      channel,
      ts: message.ts,
      actionId: 'checklist.show-phase',
      more: { value: '2' },
    };
    expect((await world.sandbox.click(look)).error).toBeUndefined();
    const modalWith = (words: string) =>
      world.sandbox.until(`a modal that says ${words}`, async () => {
        const found = await world.sandbox.modal('U0ANA');
        return found !== undefined && JSON.stringify(found.blocks).includes(words) ? found : undefined;
      });
    const modal = await modalWith('kubectl rollout undo deployment/user-profile-service');
    const block = modal.blocks.find((one) => JSON.stringify(one).includes('"value":"roll-back"'));
    await world.sandbox.post('/control/click', {
      as: 'U0ANA',
      view_id: modal.id,
      action_id: 'checklist.tick',
      block_id: block?.block_id,
      value: 'roll-back',
    });
    await modalWith('1 of 5 done');
    await seen('the phase in the channel', (words) =>
      /\*Mitigation\* \(15–30 min\) · 1 of 5 done/.test(words),
    );
  });

  it('asks for the action of a step from there', async () => {
    const modal = await world.sandbox.modal('U0ANA');
    await world.sandbox.post('/control/click', {
      as: 'U0ANA',
      view_id: modal?.id,
      action_id: 'checklist.run',
    });
    const plan = await world.sandbox.until('the plan of the restart', async () => {
      const found = await world.sandbox.modal('U0ANA');
      return found !== undefined && JSON.stringify(found.blocks).includes('Outage:') ? found : undefined;
    });
    expect(plan.id).toBe(modal?.id);
  });

  it('says where things stand', async () => {
    const answer = await world.sandbox.command('U0ANA', channel, '/incident checklist');
    expect(answer.text).toContain('3 of 20 done');
  });

  it('marks what is late, and calls the commander for the update that is due', async () => {
    await world.sandbox.command('U0ANA', channel, '/incident ack');
    await world.passSeconds(16 * 60);
    const late = await seen('the marks', (words) => isChecklist(words) && words.includes('*Overdue*'));
    expect(late.text).toContain('overdue');
    const reminder = await seen('the reminder', (words) => words.includes('Due again'));
    expect(reminder.text).toContain('<@U0ANA>');
    expect(reminder.text).toContain('Post an update every 15 minutes');
  });
});
