import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import { tellStory } from '../harness/story.ts';
import type { Story } from '../harness/story.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

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

/** Every subcommand that is about an incident, and what it says or opens where the incident is implied. */
const ABOUT: readonly (readonly [command: string, answer: string, form?: string])[] = [
  ['status', 'P0 INC-1'],
  ['timeline', 'opened INC-1'],
  ['checklist', 'of 20 done'],
  ['ack', 'You have command of INC-1.'],
  ['run restart', '', 'Outage:'],
  ['resolve', '', 'What did users notice?'],
];

describe('/incident', () => {
  it.each(ABOUT)('%s is about the incident of the channel it is typed in', async (command, answer, form) => {
    story.goTo(channel);
    const { ana } = story;
    expect(await ana.types(`/incident ${command}`)).toContain(answer);
    if (form === undefined) return;
    await ana.readsForm(form);
    await ana.closes();
  });

  it.each(ABOUT)(
    '%s asks elsewhere which incident is meant, and takes it by number',
    async (command, _, form) => {
      story.goTo('C0GENERAL');
      const { ana } = story;
      const asked = await ana.types(`/incident ${command}`);
      expect(asked).toContain('Which incident?');
      expect(asked).toContain('INC-1 (P0)');
      const [name = '', ...rest] = String(command).split(' ');
      const answer = await ana.types(`/incident ${name} INC-1 ${rest.join(' ')}`);
      expect(answer).not.toContain('Which incident?');
      if (form === undefined) return;
      expect(answer).toBe('');
      await ana.readsForm(form);
      await ana.closes();
    },
  );

  it('status changes the status, and refuses words that are none', async () => {
    story.goTo(channel);
    expect(await story.ana.types('/incident status identified')).toContain('INC-1 is identified now.');
    await story.ben.sees('P0 INC-1', 'Cause identified');
    expect(await story.ana.types('/incident status identified')).toContain('identified already');
    expect(await story.ana.types('/incident status great')).toContain('A status is one of');
    expect(await story.ana.types('/incident status resolved')).toContain('use /incident resolve');
  });

  it('list names what is open; a number that is none is said', async () => {
    story.goTo('C0GENERAL');
    expect(await story.ana.types('/incident list')).toContain('P0 INC-1');
    expect(await story.ana.types('/incident status INC-999')).toContain('There is no INC-999');
  });

  it('declare opens a form, or an incident at once when a severity comes first', async () => {
    story.goTo('C0GENERAL');
    expect(await story.cleo.types('/incident declare')).toBe('');
    await story.cleo.sends({
      'What is wrong?': 'Nobody can <sign> in',
      'How bad is it?': 'P1',
      'Which service? (leave open when you do not know)': 'Profile API',
    });
    await story.goToIncident(2);
    await story.cleo.sees('P1 INC-2', 'Profile API');
    const at = await story.ben.types('/incident declare p3 Typo & more on the start page');
    expect(at).toContain('P3 INC-3');
    await story.goToIncident(3);
    await story.ben.sees('Typo &amp; more on the start page');
  });

  it('help shows every command and one of them; nothing at all is help; what is unknown is said', async () => {
    story.goTo('C0GENERAL');
    const help = await story.ana.types('/incident help');
    for (const name of [
      'ack',
      'checklist',
      'declare',
      'help',
      'list',
      'resolve',
      'run',
      'status',
      'timeline',
    ]) {
      expect(help).toContain(`/incident ${name}`);
    }
    expect(await story.ana.types('/incident ')).toBe(help);
    expect(await story.ana.types('/incident help ack')).toContain('/incident ack INC-42');
    expect(await story.ana.types('/incident resovle')).toContain('Did you mean `/incident resolve`?');
    expect(await story.ana.types('/incident run')).toContain('restart');
    expect(await story.ana.types('/incident run reboot INC-1')).toContain('restart');
  });
});
