import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import { expectLogIntact, settled, tellStory } from '../harness/story.ts';
import type { Actor, Story } from '../harness/story.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

const PATCH = 'PATCH /apis/apps/v1/namespaces/exalt-shared/deployments/user-profile-service';
const APPROVE = 'Approve restart of User Profile Service (prod)';
const TITLE = 'Restart User Profile Service (prod)';

let world: World;
let story: Story;

beforeAll(async () => {
  world = await startWorld();
  story = tellStory(world);
  await world.alert(firingAlert('UserProfileServiceDown', { job: 'user-profile-service' }));
  await story.goToIncident(1);
  await story.ana.clicks('Acknowledge and take command');
});
afterAll(() => world.stop());

async function restarts(): Promise<number> {
  return (await world.sandbox.ledger(PATCH)).filter((entry) => entry.effect).length;
}

async function asks(person: Actor, reason: string): Promise<void> {
  await person.types('/incident run restart');
  await person.readsForm(TITLE, 'Outage:');
  expect(await person.sends({ 'Why, in one line': reason })).toEqual({});
  await story.mira.sees('please decide', reason, APPROVE);
}

describe('who decides about a restart, and what becomes of it', () => {
  it('a denial has a reason, is final, and calls the one who asked', async () => {
    const { ana, mira } = story;
    await asks(ana, 'first attempt');
    await mira.clicks('Deny…', { of: 'first attempt' });
    await mira.readsForm('A denial is final');
    await mira.sends({ 'Why, and what to do instead': 'Roll back first, it began with 2.4.1' });
    await ana.sees('<@U0ANA>', `${TITLE} is denied by <@U0MIRA>`, 'Roll back first');
    expect(await restarts()).toBe(0);
  });

  it('whoever asks cannot approve, manager or not, and is told why; others of no group neither', async () => {
    const { mira, max, ben } = story;
    await asks(mira, 'second attempt');
    await mira.clicks(APPROVE, { of: 'second attempt' });
    await mira.sees('You asked for it, so somebody else has to decide.');
    await ben.clicks(APPROVE, { of: 'second attempt' });
    await ben.sees('approve');
    expect(await restarts()).toBe(0);
    await max.clicks(APPROVE, { of: 'second attempt' });
    await mira.sees(TITLE, 'Done, approved by <@U0MAX>');
    expect(await restarts()).toBe(1);
  });

  it('calls the deputies after three minutes, and one of them may decide there', async () => {
    const { ana, max } = story;
    await asks(ana, 'third attempt');
    await world.passSeconds(181);
    await max.sees('<@U0MAX> nobody has decided for 3 minutes', TITLE);
    await max.clicks(APPROVE, { of: 'nobody has decided for 3 minutes' });
    await ana.sees(TITLE, 'Done, approved by <@U0MAX>', 'third attempt');
    expect(await restarts()).toBe(2);
  });

  it('expires after fifteen minutes, says so to the one who asked, and can be asked again', async () => {
    const { ben, mira } = story;
    await asks(ben, 'fourth attempt');
    await world.passSeconds(15 * 60 + 1);
    await ben.sees('<@U0BEN>', `${TITLE} is expired`);
    await ben.clicks('Ask again…', { of: `<@U0BEN> ${TITLE} is expired` });
    await ben.readsForm(TITLE, 'Outage:');
    await ben.sends({ 'Why, in one line': 'fifth attempt' });
    await mira.clicks(APPROVE, { of: 'fifth attempt' });
    await ben.sees(TITLE, 'Done, approved by <@U0MIRA>', 'fifth attempt');
    expect(await restarts()).toBe(3);
  });

  it('breaks the glass for one who is listed, tells the manager at once, and asks another one to review', async () => {
    const { ana, cleo, max } = story;
    await asks(ana, 'sixth attempt');
    await cleo.clicks('Break glass…', { of: 'sixth attempt' });
    const refused = await cleo.sends({
      'Why it cannot wait': 'No approver answers',
      'In one line': 'I want to',
    });
    expect(Object.values(refused).join()).toContain('break glass');
    expect(await restarts()).toBe(3);
    await cleo.closes();
    await ana.clicks('Break glass…', { of: 'sixth attempt' });
    await ana.sends({ 'Why it cannot wait': 'No approver answers', 'In one line': 'Mira does not answer' });
    await max.sees('Glass broken by <@U0ANA>', '<@U0MIRA>', 'Mira does not answer');
    await ana.sees(TITLE, 'Done, approved by <@U0ANA> (glass broken)');
    expect(await restarts()).toBe(4);
    await ana.clicks('Reviewed', { of: 'Glass broken' });
    await ana.sees('another manager has to look');
    await max.clicks('Reviewed', { of: 'Glass broken' });
    await ana.sees('Reviewed by <@U0MAX>.');
  });

  it('has it all in the log', async () => {
    await settled(world);
    const timeline = await story.ana.types('/incident timeline');
    for (const words of ['denied', 'asked for', 'deputies were asked', 'broke glass', 'reviewed the use']) {
      expect(timeline).toContain(words);
    }
    await expectLogIntact(world);
  });
});
