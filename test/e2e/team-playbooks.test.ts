import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import { ROOT } from '../harness/program.ts';
import { tellStory } from '../harness/story.ts';
import type { Story } from '../harness/story.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

let world: World;
let story: Story;
let playbooks: string;

beforeAll(async () => {
  playbooks = await mkdtemp(join(tmpdir(), 'tocsin-playbooks-'));
  // As a team has them: three files of an operations guide, unchanged, and no front matter.
  await cp(join(ROOT, 'test', 'fixtures', 'playbooks'), playbooks, { recursive: true });
  world = await startWorld({ env: { TOCSIN_PLAYBOOKS: playbooks } });
  story = tellStory(world);
});
afterAll(async () => {
  await world?.stop();
  await rm(playbooks, { recursive: true, force: true });
});

it("a team's own files come before the shipped playbooks: p0-response.md, p1-response.md", async () => {
  const { ana } = story;
  await world.alert(firingAlert('UserProfileServiceDown', { job: 'user-profile-service' }));
  await story.goToIncident(1);
  await ana.sees(
    'Checklist: P0 Critical Incident Response',
    'Immediate Actions (0–5 min)',
    'Start incident bridge/war room',
  );
  await ana.ticks('Start incident bridge/war room');
  await ana.sees('Checklist: P0 Critical Incident Response', '1 of 15 done');
  // "every 15 minutes" in a step comes again, and calls the commander.
  await ana.clicks('Acknowledge and take command');
  await world.passSeconds(15 * 60 + 1);
  const reminder = await ana.sees('<@U0ANA>', 'Due again, every 15 minutes');

  await world.alert(firingAlert('HighErrorRate', { service: 'profile-api' }));
  await story.goToIncident(2);
  await ana.sees('Checklist: P1 High Priority Incident Response', 'Assess impact and affected users');
  expect(reminder.bot_id).toBe('B0TOCSIN');
});

it('what the team has no file for is shipped: P2', async () => {
  await world.alert(firingAlert('HighMemoryUsage', { service: 'profile-api', severity: 'warning' }));
  await story.goToIncident(3);
  const checklist = await story.ana.sees('Checklist: P2: a small part does not work');
  expect(checklist.text).toContain('INC-3');
});
