import { afterAll, beforeAll, expect, test } from 'vitest';
import { secret } from '../../../src/lib/secret.ts';
import { createSlackApp } from '../../../src/slack/app.ts';
import type { SlackApp } from '../../../src/slack/app.ts';
import { defineCommand } from '../../../src/slack/define-command.ts';
import { registerListeners } from '../../../src/slack/register-listeners.ts';
import { startSlackWorld } from './slack-world.ts';
import type { SlackWorld } from './slack-world.ts';

let world: SlackWorld;
let slackApp: SlackApp;
let counted = 0;

const count = defineCommand({
  name: 'count',
  summary: 'Count.',
  usage: '',
  examples: [],
  run: async () => Promise.resolve({ text: `counted ${(counted += 1)}` }),
});

beforeAll(async () => {
  world = await startSlackWorld();
  slackApp = createSlackApp({
    ...world.refreshing(),
    commands: new Map([[count.name, count]]),
    listeners: registerListeners([]),
    slackDirectory: world.slack.directory,
    apiUrl: `${world.sandbox.url}/slack/api/`,
    delivery: { mode: 'socket', appToken: secret('xapp-sandbox') },
  });
  await slackApp.start();
  await connected();
});
afterAll(async () => {
  await slackApp.stop();
  await world.stop();
});

const connections = async (): Promise<number> =>
  (await world.sandbox.get<{ connections: number }>('/control/socket')).connections;
const connected = (): Promise<unknown> =>
  world.sandbox.until('a connection', async () => (await connections()) > 0);

test('a command arrives over the socket and is answered there', async () => {
  const answer = await world.sandbox.command('U0ANA', 'C0INCIDENTS', '/incident count');
  expect(answer.text).toContain('counted 1');
});

test.each(['kill', 'refresh'])('after a %s it is back, and takes commands', async (action) => {
  const before = counted;
  await world.sandbox.post('/control/socket', { action });
  if (action === 'kill') {
    await world.sandbox.until('the connection to be gone', async () => (await connections()) === 0);
  }
  await world.sandbox.until(
    'an answer',
    async () => {
      await connected();
      const answer = await world.sandbox
        .command('U0ANA', 'C0INCIDENTS', '/incident count')
        .catch(() => undefined);
      return answer?.text.includes('counted') === true;
    },
    15_000,
  );
  expect(counted).toBeGreaterThan(before);
});
