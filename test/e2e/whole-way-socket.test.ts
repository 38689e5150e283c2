import { afterAll, beforeAll, expect, it } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import { expectLogIntact, expectMessagesOnce, settled, tellStory } from '../harness/story.ts';
import type { Story } from '../harness/story.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

const PATCH = 'PATCH /apis/apps/v1/namespaces/exalt-shared/deployments/user-profile-service';

let world: World;
let story: Story;

beforeAll(async () => {
  world = await startWorld({ delivery: 'socket' });
  story = tellStory(world);
});
afterAll(() => world.stop());

it('goes the main parts of the way in Socket Mode, also when Slack refreshes the connection in the middle', async () => {
  const { ana, mira } = story;
  await connected(1);
  await world.alert(firingAlert('UserProfileServiceDown', { job: 'user-profile-service' }));
  const { id: channel } = await story.goToIncident(1);
  await ana.clicks('Acknowledge and take command');
  await ana.sees('You have command of INC-1.');
  await ana.ticks('Open a call for the responders');
  await ana.sees('Checklist: P0', '1 of 20 done');

  await world.sandbox.post('/control/socket', { action: 'refresh' });
  await connected(2);
  await ana.types('/incident run restart');
  await ana.readsForm('Outage:');
  await ana.sends({ 'Why, in one line': 'heap is full' });
  await mira.clicks('Approve restart of User Profile Service (prod)');
  await ana.sees('Restart User Profile Service (prod)', 'Done, approved by <@U0MIRA>');

  await ana.types('/incident resolve');
  await ana.sends({
    'Resolve all the same, because': 'the alert needs a minute to notice',
    'What did users notice?': 'Profiles did not load',
  });
  await ana.sees('Root cause analysis of INC-1');

  await settled(world);
  await expectMessagesOnce(world, [channel, 'C0INCIDENTS']);
  expect((await world.sandbox.ledger(PATCH)).filter(({ effect }) => effect)).toHaveLength(1);
  await expectLogIntact(world);
});

/** The connection of that number is open; what Slack sends between two of them is lost, as in Slack. */
async function connected(number: number): Promise<void> {
  await world.sandbox.until(`Socket Mode connection ${number}`, async () => {
    const opened = await world.sandbox.ledger('apps.connections.open');
    const { connections } = await world.sandbox.get<{ connections: number }>('/control/socket');
    return opened.length >= number && connections > 0;
  });
}
