import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import { tellStory } from '../harness/story.ts';
import type { Story } from '../harness/story.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

const DEPLOYMENT = { namespace: 'exalt-shared', name: 'user-profile-service' };
const PATCH = `PATCH /apis/apps/v1/namespaces/${DEPLOYMENT.namespace}/deployments/${DEPLOYMENT.name}`;
const APPROVE = 'Approve restart of User Profile Service (prod)';
const TITLE = 'Restart User Profile Service (prod)';

let world: World;
let story: Story;

beforeAll(async () => {
  world = await startWorld();
  story = tellStory(world);
  await world.alert(firingAlert('UserProfileServiceDown', { job: 'user-profile-service' }));
  await story.goToIncident(1);
});
afterAll(() => world.stop());

async function restarts(): Promise<number> {
  return (await world.sandbox.ledger(PATCH)).filter((entry) => entry.effect).length;
}

async function cluster(operation: Readonly<Record<string, unknown>>): Promise<void> {
  await world.sandbox.post('/control/cluster', { ...DEPLOYMENT, ...operation });
}

async function asks(reason: string): Promise<void> {
  await story.ana.types('/incident run restart');
  await story.ana.readsForm(TITLE, 'Outage:');
  await story.ana.sends({ 'Why, in one line': reason });
  await story.mira.sees('please decide', reason, APPROVE);
}

describe('an approval is for what the approver saw', () => {
  it('stays valid through a hundred changes of status', async () => {
    await asks('it crash-loops');
    await cluster({ op: 'touch-status', times: 100 });
    await story.mira.clicks(APPROVE, { of: 'it crash-loops' });
    await story.ana.sees(TITLE, 'Done, approved by <@U0MIRA>', 'it crash-loops');
    expect(await restarts()).toBe(1);
  });

  it('does not cover another image: nothing is done, the difference is shown, and a new card asks', async () => {
    await asks('memory climbs');
    await cluster({ op: 'set-image', image: 'exalt/user-profile-service:2.4.2' });
    await story.mira.clicks(APPROVE, { of: 'memory climbs' });
    const old = await story.ana.sees(
      'The target changed after it was approved, so nothing was done.',
      '2.4.2',
    );
    expect(JSON.stringify(old.blocks)).not.toContain('approval.approve');
    expect(await restarts()).toBe(1);
    // The new card is a new post: it calls, and nobody finds another plan under their thumb.
    const card = await story.mira.sees('<@U0MIRA> please decide', 'memory climbs', '2.4.2');
    expect(Number(card.ts)).toBeGreaterThan(Number(old.ts));
    await story.mira.clicks(APPROVE, { of: '2.4.2', ...CONFIRMED });
    await story.ana.sees(TITLE, 'Done, approved by <@U0MIRA>', 'memory climbs');
    expect(await restarts()).toBe(2);
  });
});

/** The new image still rolls out, which is a warning, and a warning asks once more. */
const CONFIRMED = { confirmed: true } as const;
