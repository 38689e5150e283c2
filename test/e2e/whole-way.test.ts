import { afterAll, beforeAll, expect, it } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import { expectLogIntact, expectMessagesOnce, settled, tellStory } from '../harness/story.ts';
import type { Story } from '../harness/story.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

const ALERT = { job: 'user-profile-service' };
const PATCH = 'PATCH /apis/apps/v1/namespaces/exalt-shared/deployments/user-profile-service';
/** The first step of the shipped P0 playbook. */
const FIRST_STEP = 'Acknowledge the page and take command';

let world: World;
let story: Story;
let channel: string;

beforeAll(async () => {
  world = await startWorld();
  story = tellStory(world);
});
afterAll(() => world.stop());

it('goes the whole way: a P0 alert, a channel, a checklist, an approved restart, the RCA', async () => {
  const { ana, ben, cleo, mira } = story;

  // 03:00. Nobody did anything yet, and there is a place to go to.
  expect((await world.alert(firingAlert('UserProfileServiceDown', ALERT))).status).toBe(202);
  const { id, name, is_private: isPrivate } = await story.goToIncident(1);
  channel = id;
  expect({ name, isPrivate }).toEqual({ name: 'inc-1-userprofileservicedown-fires', isPrivate: false });
  await ana.sees('P0 INC-1', 'nobody has command yet', 'User Profile Service');

  await ana.clicks('Acknowledge and take command');
  await ana.sees('You have command of INC-1.');
  await ben.sees('<@U0ANA> has command');

  await ana.ticks(FIRST_STEP);
  await ben.sees('Checklist: P0', '1 of ');

  // A step of the checklist leads to the action; nothing happens before a manager has said yes.
  await ben.clicks('Run an action');
  await ben.readsForm('Restart User Profile Service (prod)', 'Outage:');
  expect(await ben.sends({ 'Why, in one line': 'heap is full' })).toEqual({});
  await mira.sees('<@U0MIRA> please decide', 'heap is full');
  expect(await restarts()).toBe(0);
  await mira.clicks('Approve restart of User Profile Service (prod)');
  await ben.sees('Restart User Profile Service (prod)', 'Done, approved by <@U0MIRA>');
  expect(await restarts()).toBe(1);

  const resolved = firingAlert('UserProfileServiceDown', ALERT, { status: 'resolved' });
  expect((await world.alert(resolved)).status).toBe(202);
  await ana.sees('All alerts of INC-1 are resolved.');
  await ana.types('/incident status monitoring');

  expect(await ana.types('/incident resolve')).toBe('');
  await ana.sends({
    'What did users notice?': 'Profiles did not load',
    'Who and how many were affected?': 'All 4,000 of the morning shift',
    'Root cause': 'A cache that never forgets',
    'Follow-up 1': 'Bound the cache',
    'Who does follow-up 1?': 'U0BEN',
    'Follow-up 1 is due': '2027-01-15',
  });
  await cleo.sees('Root cause analysis of INC-1');
  story.goTo('C0INCIDENTS');
  await cleo.sees('Resolved after', 'Profiles did not load');
});

it('writes an RCA in which every field that facts can fill is filled', async () => {
  story.goTo(channel);
  const document = await rca();
  for (const fact of [
    '- **Severity**: P0',
    '- **Impact**: Profiles did not load',
    '- **Services affected**: User Profile Service',
    '- **Users affected**: All 4,000 of the morning shift',
    '- **Commander**: Ana',
    '- **Technical cause**: A cache that never forgets',
    '| UserProfileServiceDown | ',
    '| Restart User Profile Service \\(prod\\) | Ben | Mira |',
    '| Bound the cache | Ben | 2027-01-15 | open |',
  ]) {
    expect(document.replaceAll('\\', '')).toContain(fact.replaceAll('\\', ''));
  }
  for (const milestone of ['Started', 'Detected', 'Acknowledged', 'Mitigated', 'Resolved']) {
    expect(document).toMatch(new RegExp(`\\| ${milestone} \\| 20\\d\\d-`));
  }
  // What only people know, and nobody said, is marked and not made up.
  expect(document.match(/\*to be written\*/g)).toHaveLength(4);
});

it('did everything once, and the log proves what happened', async () => {
  await settled(world);
  await expectMessagesOnce(world, [channel, 'C0INCIDENTS']);
  const effects = (await world.sandbox.ledger()).filter(({ effect }) => effect);
  const count = (method: string): number => effects.filter((entry) => entry.method === method).length;
  expect(count('conversations.create')).toBe(1);
  expect(count('files.completeUploadExternal')).toBe(1);
  expect(count(PATCH)).toBe(1);
  expect((await world.sandbox.ledger()).filter(({ error }) => error === 'unknown_method')).toEqual([]);
  expect((await world.sandbox.ledger()).filter(({ status }) => status === 429)).toEqual([]);
  await expectLogIntact(world);
});

async function restarts(): Promise<number> {
  return (await world.sandbox.ledger(PATCH)).filter((entry) => entry.effect).length;
}

/** The attached document, as somebody who opens it reads it. */
async function rca(): Promise<string> {
  const file = await world.sandbox.until('the document', async () =>
    (await world.sandbox.messages(channel))
      .flatMap(({ files }) => files ?? [])
      .find(({ name }) => name.endsWith('.md')),
  );
  return (await fetch(`${world.sandbox.url}/control/files/${file.id}`)).text();
}
