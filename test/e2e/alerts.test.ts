import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import { expectLogIntact, expectMessagesOnce, settled, tellStory, wordsOf } from '../harness/story.ts';
import type { Story } from '../harness/story.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

const SERVICE = { service: 'profile-api', job: 'profile-api' };

let world: World;
let story: Story;

beforeAll(async () => {
  world = await startWorld();
  story = tellStory(world);
});
afterAll(() => world.stop());

async function fire(
  name: string,
  labels: Readonly<Record<string, string>>,
  status: 'firing' | 'resolved' = 'firing',
) {
  const answer = await world.alert(firingAlert(name, labels, { status }));
  expect(answer.status).toBe(202);
}

/** How many rows the log has: what changes nothing writes nothing. */
async function logRows(): Promise<number> {
  const { rows } = await world.owner.query<{ n: number }>('select count(*)::int as n from app.log');
  return rows[0]?.n ?? 0;
}

describe('alerts and their incident', () => {
  it('open one incident; the next of the group join it; repeats change nothing', async () => {
    await fire('HighErrorRate', { ...SERVICE, instance: 'a' });
    await story.goToIncident(1);
    await fire('HighErrorRate', { ...SERVICE, instance: 'b' });
    await story.ana.sees('P1 INC-1', '2 of 2 firing: HighErrorRate ×2');
    await settled(world);
    const before = await logRows();
    for (const _ of Array(5)) await fire('HighErrorRate', { ...SERVICE, instance: 'a' });
    await settled(world);
    expect(await logRows()).toBe(before);
    expect(await incidents()).toBe(1);
  });

  it('resolve one by one, and that all are resolved is said once', async () => {
    await fire('HighErrorRate', { ...SERVICE, instance: 'a' }, 'resolved');
    await story.ana.sees('P1 INC-1', '1 of 2 firing');
    await fire('HighErrorRate', { ...SERVICE, instance: 'b' }, 'resolved');
    await story.ana.sees('All alerts of INC-1 are resolved.');
    await fire('HighErrorRate', { ...SERVICE, instance: 'b' }, 'resolved');
    await settled(world);
    const said = (await world.sandbox.messages(await channelOf(1))).filter((message) =>
      wordsOf(message).startsWith('All alerts of INC-1 are resolved.'),
    );
    expect(said).toHaveLength(1);
  });

  it('after the incident is resolved, the same alert opens a new one, in a channel of its own', async () => {
    await story.ana.types('/incident resolve');
    await story.ana.sends({ 'What did users notice?': 'nothing' });
    await story.ana.sees('Root cause analysis of INC-1');
    await fire('HighErrorRate', { ...SERVICE, instance: 'c' });
    await story.goToIncident(2);
    await story.ana.sees('P1 INC-2', '1 of 1 firing');
    expect(await incidents()).toBe(2);
  });

  it('that name no service we know ask for it, and take the answer', async () => {
    await fire('StrangeThing', { job: 'nobody-knows', severity: 'warning' });
    await story.goToIncident(3);
    await story.ben.sees('P2 INC-3', 'not known yet', 'Which service is it?');
    await story.ben.picks('JiVS Backend', { of: 'Which service is it?' });
    const card = await story.ben.sees('P2 INC-3', 'Service\nJiVS Backend');
    expect(wordsOf(card)).not.toContain('Which service is it?');
  });

  it('get a channel with a suffix where a stranger has taken the name', async () => {
    const names = (await world.sandbox.channels()).map(({ name }) => name);
    expect(names).toContain('inc-3-strangething-fires');
    await world.sandbox.post('/control/channel', { as: 'U0CLEO', name: 'inc-4-serviceoddity-fires' });
    await fire('ServiceOddity', { severity: 'info' });
    const channel = await world.sandbox.until('the channel with a suffix', async () =>
      (await world.sandbox.channels()).find(
        ({ name, creator }) => name.startsWith('inc-4-') && creator === 'U0TOCSIN',
      ),
    );
    expect(channel.name).toMatch(/^inc-4-serviceoddity-fires-\w+$/);
    story.goTo(channel.id);
    await story.ana.sees('P3 INC-4');
  });

  it('leave every message once and the log whole', async () => {
    await settled(world);
    const mine = (await world.sandbox.channels()).filter(({ creator }) => creator === 'U0TOCSIN');
    await expectMessagesOnce(world, ['C0INCIDENTS', ...mine.map(({ id }) => id)]);
    await expectLogIntact(world);
  });
});

async function incidents(): Promise<number> {
  const { rows } = await world.owner.query<{ n: number }>('select count(*)::int as n from app.incidents');
  return rows[0]?.n ?? 0;
}

async function channelOf(number: number): Promise<string> {
  const found = (await world.sandbox.channels()).find(({ name }) => name.startsWith(`inc-${number}-`));
  return found?.id ?? '';
}
