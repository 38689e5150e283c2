import { createHmac, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { secret } from '../../../src/lib/secret.ts';
import { createSlackApp } from '../../../src/slack/app.ts';
import type { SlackApp } from '../../../src/slack/app.ts';
import { defineCommand } from '../../../src/slack/define-command.ts';
import { defineListener } from '../../../src/slack/define-listener.ts';
import { CodedError } from '../../../src/errors.ts';
import { httpReceiver } from '../../../src/slack/http-receiver.ts';
import { input } from '../../../src/slack/modal-values.ts';
import { refreshSurface } from '../../../src/slack/refresh-surface.ts';
import { registerListeners } from '../../../src/slack/register-listeners.ts';
import { wantSurface } from '../../../src/surfaces/want-surface.ts';
import helpCommand from '../../../commands/help.ts';
import { quiet } from '../../harness/feature.ts';
import { startSlackWorld } from './slack-world.ts';
import type { SlackWorld } from './slack-world.ts';

let world: SlackWorld;
let server: FastifyInstance;
let slackApp: SlackApp;
let address = '';
/** What handlers did. */
const effects: string[] = [];

const listener = defineListener({
  name: 'test',
  actions: {
    'test.press': async ({ person, surface }) => {
      effects.push(`pressed by ${person.userId} in ${surface.kind}`);
      return Promise.resolve({ ephemeral: 'Noted.' });
    },
  },
  views: {
    'test.form': async ({ values, id }) => {
      const text = input(values, 'text');
      if (text === 'no') throw new CodedError('conflict', 'That is taken.');
      effects.push(`form ${id} ${text}`);
      return Promise.resolve({ ephemeral: 'Thank you.' });
    },
  },
});
const press = defineCommand({
  name: 'press',
  summary: 'Count.',
  usage: '',
  examples: [],
  run: async ({ person, args, deps }) => {
    await deps.db.transaction(async (tx) => {
      await tx.query(`update counters set value = value + 1 where name = 'incident'`);
    });
    effects.push(`command by ${person.userId} ${args}`);
    return { text: `counted ${args}` };
  },
});
const form = defineCommand({
  name: 'form',
  summary: 'Open a form.',
  usage: '',
  examples: [],
  run: async ({ openModal }) => {
    await openModal({
      type: 'modal',
      callback_id: 'test.form',
      private_metadata: 'row-1',
      title: { type: 'plain_text', text: 'Form' },
      submit: { type: 'plain_text', text: 'Send' },
      blocks: [
        {
          type: 'input',
          block_id: 'text',
          label: { type: 'plain_text', text: 'Text' },
          element: { type: 'plain_text_input', action_id: 'text' },
        },
      ],
    });
    return undefined;
  },
});
const which = defineCommand({
  name: 'which',
  summary: 'Say which.',
  usage: '',
  examples: [],
  run: async ({ requireIncident }) => Promise.resolve({ text: String(requireIncident().number) }),
});

beforeAll(async () => {
  server = Fastify();
  address = await prepareServer();
  world = await startSlackWorld({ eventsUrl: `${address}/slack/events` });
  slackApp = createSlackApp({
    ...world.refreshing(),
    commands: new Map([helpCommand, press, form, which].map((command) => [command.name, command])),
    listeners: registerListeners([listener]),
    slackDirectory: world.slack.directory,
    apiUrl: `${world.sandbox.url}/slack/api/`,
    delivery: { mode: 'http' },
  });
  await slackApp.start();
});
afterAll(async () => {
  await server.close();
  await world.stop();
});
beforeEach(async () => {
  effects.length = 0;
  await world.sandbox.clearFaults();
});

async function prepareServer(): Promise<string> {
  await server.register(httpReceiver, {
    signingSecrets: [secret('old-secret'), secret('sandbox-signing-secret')],
    getListener: () => slackApp.getListener(),
    log: quiet,
    now: () => Date.now(),
  });
  return server.listen({ port: 0, host: '127.0.0.1' });
}

const command = (as: string, text: string): Promise<{ status: number; text: string; ms: number }> =>
  world.sandbox.command(as, 'C0INCIDENTS', `/incident ${text}`);

async function refusals(): Promise<readonly Record<string, unknown>[]> {
  const answer = await world.db.query<{ data: Record<string, unknown> }>(
    `select data from log where kind = 'access.refused' order by seq`,
  );
  return answer.rows.map((row) => row.data);
}

async function postCard(): Promise<{ channel: string; ts: string }> {
  world.drawing.message = {
    text: 'A card',
    blocks: [
      {
        type: 'actions',
        elements: [{ type: 'button', action_id: 'test.press', text: { type: 'plain_text', text: 'Press' } }],
      },
    ],
  };
  const id = await world.db.transaction((tx) =>
    wantSurface(tx, world.deps.enqueue, {
      kind: 'incident-card',
      subject: randomUUID(),
      incidentId: null,
      channelId: 'C0INCIDENTS',
    }),
  );
  await refreshSurface(world.refreshing(), id);
  const row = await world.db.query<{ ts: string }>('select ts from surfaces where id = $1', [id]);
  return { channel: 'C0INCIDENTS', ts: row.rows[0]?.ts ?? '' };
}

test('a command reaches its file and answers to the person alone', async () => {
  const answer = await command('U0ANA', 'press one two');
  expect(answer.status).toBe(200);
  expect(answer.text).toContain('counted one two');
  expect(effects).toEqual(['command by U0ANA one two']);
});

test('an unknown command says what was meant, and help lists what there is', async () => {
  expect((await command('U0ANA', 'pres')).text).toContain('Did you mean `/incident press`?');
  const help = await command('U0ANA', '');
  expect(help.text).toContain('/incident press');
  expect(help.text).toContain('Open a form.');
});

test('a command that needs an incident asks which', async () => {
  expect((await command('U0ANA', 'which')).text).toContain('Which incident?');
  expect((await command('U0ANA', 'which INC-99')).text).toContain('There is no INC-99');
});

test('guests, strangers and deactivated people change nothing, and the log knows', async () => {
  const before = (await refusals()).length;
  for (const as of ['U0GUEST', 'U0STRANGER', 'U0GONE']) {
    await world.sandbox
      .post('/control/deliver', {
        kind: 'command',
        payload: {
          command: '/incident',
          text: 'press',
          team_id: 'T0SANDBOX',
          user_id: as,
          channel_id: 'C0INCIDENTS',
          api_app_id: 'A0TOCSIN',
          response_url: `${world.sandbox.url}/slack/response/x`,
          trigger_id: '1.1.x',
        },
      })
      .catch(() => undefined);
  }
  expect(effects).toEqual([]);
  expect((await refusals()).slice(before)).toMatchObject([
    { door: 'command', name: 'press' },
    { door: 'command', name: 'press' },
    { door: 'command', name: 'press' },
  ]);
});

test('a button works in a message of ours, and nowhere else', async () => {
  const card = await postCard();
  await world.sandbox.click({ as: 'U0ANA', ...card, actionId: 'test.press' });
  expect(effects).toEqual(['pressed by U0ANA in incident-card']);
  await world.sandbox.until('the answer', async () =>
    (await world.sandbox.messages('C0INCIDENTS', 'U0ANA')).some((message) => message.text === 'Noted.'),
  );
  await world.db.query(`update surfaces set ts = '1.1' where ts = $1`, [card.ts]);
  await world.sandbox.click({ as: 'U0BEN', ...card, actionId: 'test.press' });
  expect(effects.length).toBe(1);
  expect(await refusals()).toContainEqual(expect.objectContaining({ reason: 'foreign_surface' }));
  await world.sandbox.until('the refusal', async () =>
    (await world.sandbox.messages('C0INCIDENTS', 'U0BEN')).some((message) =>
      message.text.includes('not in a message of mine'),
    ),
  );
});

test('a card that a newer one has replaced changes nothing', async () => {
  const card = await postCard();
  await world.db.query(`update surfaces set retired_at = app.now() where ts = $1`, [card.ts]);
  await world.sandbox.click({ as: 'U0ANA', ...card, actionId: 'test.press' });
  expect(effects).toEqual([]);
});

test('a form keeps what was typed when it is refused, and says thanks when it is taken', async () => {
  await command('U0ANA', 'form');
  const modal = await world.sandbox.modal('U0ANA');
  const refused = await world.sandbox.submit('U0ANA', modal?.id ?? '', { text: { text: 'no' } });
  expect(refused).toMatchObject({ response_action: 'errors', errors: { text: 'That is taken.' } });
  const taken = await world.sandbox.submit('U0ANA', modal?.id ?? '', { text: { text: 'yes' } });
  expect(taken.response_action).toBe('update');
  expect(effects).toEqual(['form row-1 yes']);
});

interface Raw {
  readonly body?: string;
  readonly timestamp?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
}

function commandBody(more: Readonly<Record<string, string>> = {}): string {
  return new URLSearchParams({
    command: '/incident',
    text: 'press raw',
    team_id: 'T0SANDBOX',
    user_id: 'U0ANA',
    channel_id: 'C0INCIDENTS',
    api_app_id: 'A0TOCSIN',
    trigger_id: randomUUID(),
    ...more,
  }).toString();
}

async function send({
  body = commandBody(),
  timestamp = Math.floor(Date.now() / 1000),
  headers,
  key,
}: Raw): Promise<number> {
  const signature = createHmac('sha256', key ?? 'sandbox-signing-secret')
    .update(`v0:${timestamp}:${body}`)
    .digest('hex');
  const response = await fetch(`${address}/slack/events`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-signature': `v0=${signature}`,
      'x-slack-request-timestamp': String(timestamp),
      ...headers,
    },
  });
  await response.text();
  return response.status;
}

test('K1: unsigned, wrongly signed or changed after signing: 401, no effect', async () => {
  const signature = (text: string): Raw => ({ headers: { 'x-slack-signature': text } });
  for (const raw of [
    { key: 'wrong-secret' },
    signature(''),
    signature(`v1=${'0'.repeat(64)}`),
    signature(`v0=${'A'.repeat(64)}`),
    { headers: { 'x-slack-request-timestamp': 'now' } },
  ]) {
    expect(await send(raw)).toBe(401);
  }
  const unsigned = await fetch(`${address}/slack/events`, { method: 'POST', body: '{}' });
  expect(unsigned.status).toBe(401);
  expect(effects).toEqual([]);
});

test('K2: 301 s in the past or in the future: 401; 299 s: taken; both secrets of a rotation are good', async () => {
  const now = Math.floor(Date.now() / 1000);
  expect(await send({ timestamp: now - 302 })).toBe(401);
  expect(await send({ timestamp: now + 302 })).toBe(401);
  expect(await send({ timestamp: now - 298 })).toBe(200);
  expect(await send({ timestamp: now + 298 })).toBe(200);
  expect(await send({ key: 'old-secret' })).toBe(200);
  expect(effects.length).toBe(3);
});

test('K2: the same request again, ten times at once: one effect', async () => {
  const raw = { body: commandBody(), timestamp: Math.floor(Date.now() / 1000) };
  const answers = await Promise.all(Array.from({ length: 10 }, () => send(raw)));
  expect(answers).toEqual(Array.from({ length: 10 }, () => 200));
  expect(effects).toEqual(['command by U0ANA raw']);
});

test('K10: another workspace, another app, an organisation-wide installation: no effect', async () => {
  for (const more of [
    { team_id: 'T0OTHER' },
    { api_app_id: 'A0OTHER' },
    { is_enterprise_install: 'true', enterprise_id: 'E1' },
    { user_id: '' },
  ]) {
    expect(await send({ body: commandBody(more) })).toBe(200);
  }
  expect(effects).toEqual([]);
});

test("a body that is not Slack's shape: 400, and no retry is asked for", async () => {
  const json = { 'content-type': 'application/json' };
  expect(await send({ body: '[1]', headers: json })).toBe(400);
  expect(await send({ body: '{"a":', headers: json })).toBe(400);
  expect(await send({ body: 'payload=null' })).toBe(400);
  expect(
    await send({ body: JSON.stringify({ type: 'url_verification', challenge: 'abc' }), headers: json }),
  ).toBe(200);
});

test('an event that Slack delivers four times is effective once', async () => {
  const seen: string[] = [];
  const { forgetUser } = world.slack.directory;
  const app = createSlackApp({
    ...world.refreshing(),
    commands: new Map(),
    listeners: registerListeners([
      defineListener({
        name: 'events',
        events: { user_change: async ({ event }) => Promise.resolve(void seen.push(String(event['type']))) },
      }),
    ]),
    slackDirectory: { ...world.slack.directory, forgetUser },
    apiUrl: `${world.sandbox.url}/slack/api/`,
    delivery: { mode: 'http' },
  });
  const before = slackApp;
  slackApp = app;
  const body = JSON.stringify({
    type: 'event_callback',
    team_id: 'T0SANDBOX',
    api_app_id: 'A0TOCSIN',
    event_id: `Ev${randomUUID()}`,
    event: { type: 'user_change', user: { id: 'U0ANA' } },
  });
  const json = { 'content-type': 'application/json' };
  const now = Math.floor(Date.now() / 1000);
  for (let retry = 0; retry < 4; retry += 1) {
    expect(await send({ body, timestamp: now - retry, headers: json })).toBe(200);
  }
  await expect.poll(() => seen.length).toBe(1);
  slackApp = before;
});

test('F8: when a row is locked, the person is told within 2.5 s that nothing was changed, and it was not', async () => {
  const locked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const blocking = world.db.transaction(async (tx) => {
    await tx.query(`select from counters where name = 'incident' for update`);
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  const answer = await command('U0BEN', 'press stuck');
  release.resolve();
  await blocking;
  expect(answer.text).toContain('Nothing was changed');
  expect(answer.ms).toBeLessThan(2_500);
  const value = `select value from counters where name = 'incident'`;
  const before = (await world.db.query<{ value: string }>(value)).rows[0]?.value;
  // The handler had its statement waiting; it must not commit after the answer.
  await command('U0BEN', 'press after');
  const after = (await world.db.query<{ value: string }>(value)).rows[0]?.value;
  expect(Number(after)).toBe(Number(before) + 1);
  expect(effects).toEqual(['command by U0BEN after']);
});

test('F8: answers come within 500 ms at the 99th percentile while the database is well', async () => {
  const times: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const answers = await Promise.all(
      ['U0ANA', 'U0BEN', 'U0CLEO', 'U0MIRA', 'U0MAX'].map((as) => command(as, `press ${round}`)),
    );
    times.push(...answers.map((answer) => answer.ms));
  }
  times.sort((a, b) => a - b);
  expect(times[98]).toBeLessThan(500);
});

test('F8: with a database that hangs, commands, clicks and forms are answered visibly within 2.5 s', async () => {
  const card = await postCard();
  await command('U0CLEO', 'form');
  const modal = await world.sandbox.modal('U0CLEO');
  effects.length = 0;
  world.proxy.freeze();
  const [typed, clicked, sent] = await Promise.all([
    command('U0ANA', 'press frozen'),
    world.sandbox.click({ as: 'U0BEN', ...card, actionId: 'test.press' }),
    world.sandbox.submit('U0CLEO', modal?.id ?? '', { text: { text: 'frozen' } }),
  ]);
  expect(typed.text).toContain('Nothing was changed');
  expect(sent.errors?.['text']).toContain('Nothing was changed');
  for (const { ms } of [typed, clicked, sent]) expect(ms).toBeLessThan(2_500);
  await world.sandbox.until('what Ben is told', async () =>
    (await world.sandbox.messages('C0INCIDENTS', 'U0BEN')).some((message) =>
      message.text.includes('Nothing was changed'),
    ),
  );
  world.proxy.thaw();
  await expect
    .poll(async () => (await command('U0ANA', 'press thawed')).text, { timeout: 15_000 })
    .toContain('counted');
  expect(effects).not.toContain('command by U0ANA frozen');
});

test('K9, K11: of 1,000 clicks with made-up places, values and shapes none has an effect', async () => {
  const card = await postCard();
  const good = {
    type: 'block_actions',
    team: { id: 'T0SANDBOX' },
    user: { id: 'U0ANA', team_id: 'T0SANDBOX' },
    api_app_id: 'A0TOCSIN',
    container: { type: 'message', message_ts: card.ts, channel_id: card.channel },
    channel: { id: card.channel },
    actions: [{ type: 'button', action_id: 'test.press', block_id: 'b', value: 'x', action_ts: '1.1' }],
  };
  const junk = fc.oneof(
    fc.string(),
    fc.constantFrom('C0GENERAL', card.ts, '9.9'),
    fc.integer(),
    fc.constant(null),
  );
  const tampered = fc.oneof(
    junk.map((ts) => ({
      ...good,
      container: { ...good.container, message_ts: ts === card.ts ? '2.2' : ts },
    })),
    junk.map((id) => ({ ...good, container: { ...good.container, channel_id: id } })),
    junk.map((id) => ({ ...good, channel: { id: `C${id}` } })),
    junk.map((id) => ({ ...good, actions: [{ ...good.actions[0], action_id: `${id}` }] })),
    junk.map((id) => ({ ...good, user: { id, team_id: 'T0SANDBOX' } })),
    junk.map((id) => ({ ...good, user: { id: 'U0ANA', team_id: `T${id}` } })),
    junk.map((id) => ({ ...good, team: { id } })),
    fc.constant({ ...good, container: { ...good.container, type: 'message_attachment' } }),
  );
  const bodies = fc.sample(tampered, 1_000);
  const statuses = new Set<number>();
  for (let at = 0; at < bodies.length; at += 50) {
    const sent = bodies.slice(at, at + 50).map((body, index) => {
      const payload = JSON.stringify({ ...body, trigger_id: `${at}.${index}` });
      return send({ body: new URLSearchParams({ payload }).toString() });
    });
    for (const status of await Promise.all(sent)) statuses.add(status);
  }
  expect([...statuses]).toEqual([200]);
  expect(effects).toEqual([]);
}, 60_000);

test('a form that Slack no longer opens is explained, and a Slack that is down refuses everybody', async () => {
  await world.sandbox.fault({
    target: 'slack:views.open',
    fault: { kind: 'ok_false', error: 'expired_trigger_id' },
  });
  expect((await command('U0ANA', 'form')).text).toContain('please do that again');
  world.slack.directory.forgetUser('U0ANA');
  await world.sandbox.fault({ target: 'slack:users.info', fault: { kind: 'status', code: 503 } });
  expect((await command('U0ANA', 'press')).text).toContain('Slack cannot say right now who you are');
  expect(effects).toEqual([]);
});
