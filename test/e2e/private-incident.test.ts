import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import { ROOT } from '../harness/program.ts';
import { settled, tellStory, wordsOf } from '../harness/story.ts';
import type { Story } from '../harness/story.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

const ROUTE = `routes:
  - name: Break-ins are nobody else's business
    match: { alert: SuspiciousLogin }
    severity: P1
    service: profile-api
    private: true
`;

let world: World;
let story: Story;
let config: string;

beforeAll(async () => {
  config = await mkdtemp(join(tmpdir(), 'tocsin-config-'));
  await cp(join(ROOT, 'config'), config, { recursive: true });
  const routes = await readFile(join(config, 'routes.yml'), 'utf8');
  await writeFile(join(config, 'routes.yml'), routes.replace('routes:\n', ROUTE));
  world = await startWorld({ env: { TOCSIN_CONFIG: config } });
  story = tellStory(world);
});
afterAll(async () => {
  await world?.stop();
  await rm(config, { recursive: true, force: true });
});

it('a private incident has a private channel, and says nothing of itself in public', async () => {
  await world.alert(firingAlert('SuspiciousLogin', { service: 'profile-api' }));
  const channel = await story.goToIncident(1);
  expect(channel.is_private).toBe(true);
  expect(channel.members.toSorted()).toEqual(['U0ANA', 'U0BEN', 'U0TOCSIN']);
  await story.ana.sees('P1 INC-1', 'SuspiciousLogin');
  await story.ana.sees('Checklist: P1');
  await settled(world);
  const announced = (await world.sandbox.messages('C0INCIDENTS')).map(wordsOf).join('\n');
  expect(announced).not.toContain('SuspiciousLogin');
  expect(await story.ana.types('/incident list')).toContain('SuspiciousLogin');
  story.goTo('C0GENERAL');
  expect(await story.cleo.types('/incident list')).toContain('No incident is open.');
  for (const command of ['status', 'timeline', 'ack', 'checklist', 'resolve']) {
    expect(await story.cleo.types(`/incident ${command}`)).not.toContain('INC-1 ');
    expect(await story.cleo.types(`/incident ${command} INC-1`)).toContain('There is no INC-1');
  }
});
