import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import { settled, tellStory, wordsOf } from '../harness/story.ts';
import type { Story } from '../harness/story.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

/** The first phase of the shipped P0 playbook. */
const FIRST = [
  'Acknowledge the page and take command',
  'Open a call for the responders',
  'Page the on-call engineers',
  'Read the service dashboard',
  'Say who is affected',
];
const NEXT = 'Look for a deployment or a change';

let world: World;
let story: Story;
let channel: string;

beforeAll(async () => {
  world = await startWorld();
  story = tellStory(world);
  await world.alert(firingAlert('UserProfileServiceDown', { job: 'user-profile-service' }));
  channel = (await story.goToIncident(1)).id;
});
afterAll(() => world.stop());

describe('the phases of a checklist', () => {
  it('a selection that is out of date takes back nothing that others did', async () => {
    const { ana, ben } = story;
    const stale = await ben.sees('Checklist: P0', '0 of 20 done');
    const block = stale.blocks?.find((one) => JSON.stringify(one).includes('Page the on-call'));
    await ana.ticks('Page the on-call engineers');
    await ben.sees('Checklist: P0', '1 of 20 done');
    // Ben's phone still shows what was before: nothing is ticked there, and he ticks the same box.
    const value = /"value":"(page-on-call)"/.exec(JSON.stringify(block))?.[1];
    await world.sandbox.post('/control/click', {
      as: 'U0BEN',
      channel,
      ts: stale.ts,
      forge: true,
      action_id: 'checklist.tick',
      block_id: block?.block_id,
      element: { type: 'checkboxes' },
      selected_options: [{ text: { type: 'plain_text', text: 'x' }, value }],
    });
    // And with an empty selection of that old state, which says that he unticked nothing.
    await world.sandbox.post('/control/click', {
      as: 'U0CLEO',
      channel,
      ts: stale.ts,
      forge: true,
      action_id: 'checklist.tick',
      block_id: block?.block_id,
      element: { type: 'checkboxes' },
      selected_options: [],
    });
    await settled(world);
    const after = await ben.sees('Checklist: P0', '1 of 20 done');
    expect(wordsOf(after)).toMatch(/Page the on-call engineers.*\n<@U0ANA>/);
  });

  it('unfold the next one when the last step of this one is done or skipped', async () => {
    const { ana, ben, cleo } = story;
    const before = await cleo.sees('Checklist: P0');
    expect(wordsOf(before)).not.toContain(NEXT);
    for (const step of FIRST.filter((one) => !one.startsWith('Page') && !one.startsWith('Say'))) {
      await ben.ticks(step);
    }
    const skip = await ana.sees('Checklist: P0', 'Say who is affected', '4 of 20 done');
    const block = skip.blocks?.find((one) => JSON.stringify(one).includes('not-needed scope'));
    const value = /"value":"(not-needed scope)"/.exec(JSON.stringify(block))?.[1];
    await world.sandbox.click({
      as: 'U0ANA',
      channel,
      ts: skip.ts,
      actionId: 'checklist.skip',
      more: { block_id: block?.block_id, value },
    });
    const after = await cleo.sees('Checklist: P0', NEXT, '4 of 20 done, 1 skipped');
    expect(after.ts).toBe(before.ts);
  });
});
