import { afterEach, expect, test, vi } from 'vitest';

import { at, openSandbox, type Json, type OpenSandbox } from './open-sandbox.ts';

const open: OpenSandbox[] = [];
const start = async (options: Parameters<typeof openSandbox>[0] = {}) => {
  const box = await openSandbox(options);
  open.push(box);
  return box;
};
afterEach(async () => {
  vi.restoreAllMocks();
  for (const box of open.splice(0)) await box.close();
});

const modal = (more: Json = {}) => ({
  type: 'modal',
  title: { type: 'plain_text', text: 'T' },
  blocks: [{ type: 'divider' }],
  ...more,
});

test('posts have one a second and channel, other methods their tier, and 429 says how long', async () => {
  const box = await start({ limitScale: 1 });
  const post = async () => box.api('chat.postMessage', { channel: 'C0INCIDENTS', text: 'x' });
  expect([(await post()).status, (await post()).status, (await post()).status]).toEqual([200, 200, 200]);
  const limited = await post();
  expect(limited).toMatchObject({ status: 429, body: { ok: false, error: 'ratelimited' } });
  expect(limited.headers.get('retry-after')).toBe('1');

  const statuses = new Set<number>();
  for (let call = 0; call < 24; call += 1) statuses.add((await box.api('users.list')).status);
  expect([...statuses]).toEqual([200]);
  const tooMany = await box.api('users.list');
  expect(tooMany.status).toBe(429);
  expect(Number(tooMany.headers.get('retry-after'))).toBeGreaterThan(50);
  // Another method is not touched by it.
  expect((await box.api('users.info', { user: 'U0ANA' })).status).toBe(200);
  expect((await box.control('ledger')).counts).toMatchObject({
    'chat.postMessage': { ok: 3, rate_limited: 1 },
    'users.list': { ok: 24, rate_limited: 1 },
  });
});

test('a trigger opens one view, within three seconds', async () => {
  const box = await start();
  const { world } = box.sandbox;
  const trigger = async () => {
    await box.control('command', { as: 'U0ANA', channel: 'C0INCIDENTS', command: '/incident', text: '' });
    return [...world.slack.triggers.keys()].at(-1);
  };
  const viewsOpen = async (trigger_id: unknown) =>
    (await box.api('views.open', { trigger_id, view: modal() })).body;
  const first = await trigger();
  expect(await viewsOpen(first)).toMatchObject({ ok: true });
  expect(await viewsOpen(first)).toMatchObject({ error: 'exchanged_trigger_id' });
  expect(await viewsOpen('1.2.nonsense')).toMatchObject({ error: 'invalid_trigger_id' });
  const late = await trigger();
  const now = world.now();
  world.now = () => now + 3_001;
  expect(await viewsOpen(late)).toMatchObject({ error: 'expired_trigger_id' });
});

test('views: their limits, their hash, and no further than three deep', async () => {
  const box = await start();
  const { world } = box.sandbox;
  await box.control('command', { as: 'U0ANA', channel: 'C0INCIDENTS', command: '/incident', text: '' });
  const trigger_id = [...world.slack.triggers.keys()].at(-1);
  const refused = async (view: Json) => (await box.api('views.open', { trigger_id, view })).body;
  const input = {
    type: 'input',
    label: { type: 'plain_text', text: 'L' },
    element: { type: 'plain_text_input' },
  };
  const messages = async (view: Json) => JSON.stringify((await refused(view)).response_metadata);
  expect(await messages(modal({ title: { type: 'plain_text', text: 'x'.repeat(25) } }))).toContain(
    'must be less than 25 characters [json-pointer:/view/title/text]',
  );
  expect(
    await messages(modal({ blocks: Array.from({ length: 101 }, () => ({ type: 'divider' })) })),
  ).toContain('no more than 100 items allowed [json-pointer:/view/blocks]');
  expect(await messages(modal({ blocks: [input] }))).toContain('missing required field: submit');
  expect(await messages(modal({ private_metadata: 'x'.repeat(3001) }))).toContain('/view/private_metadata');
  // A refusal does not use up the trigger.
  const { body } = await box.api('views.open', { trigger_id, view: modal() });
  const opened = { id: at(body, 'view', 'id'), hash: at(body, 'view', 'hash') };
  const update = async (args: Json) => (await box.api('views.update', { view: modal(), ...args })).body;
  expect(await update({ view_id: opened.id, hash: 'old' })).toMatchObject({ error: 'hash_conflict' });
  expect(await update({ view_id: opened.id, hash: opened.hash })).toMatchObject({ ok: true });
  expect(await update({ view_id: opened.id, hash: opened.hash })).toMatchObject({ error: 'hash_conflict' });
  await box.control('close', { as: 'U0ANA', view_id: opened.id });
  expect(await update({ view_id: opened.id })).toMatchObject({ error: 'not_found' });
});

test('scopes of the manifest are what the token has', async () => {
  const box = await start({
    manifest:
      'oauth_config: { scopes: { bot: [chat:write, channels:manage, users:read] } }\nsettings: { event_subscriptions: { bot_events: [] } }\n',
  });
  expect((await box.api('conversations.create', { name: 'a' })).body.ok).toBe(true);
  expect((await box.api('conversations.create', { name: 'b', is_private: true })).body).toMatchObject({
    error: 'missing_scope',
    needed: 'groups:write',
  });
  expect((await box.api('usergroups.list')).body).toMatchObject({
    error: 'missing_scope',
    needed: 'usergroups:read',
  });
  expect((await box.api('users.list')).body.ok).toBe(true);
});

test('a checkbox carries the whole selection of the one person who clicks, however stale', async () => {
  const received: Json[] = [];
  const receiver = await import('node:http').then(({ createServer }) =>
    createServer((request, response) => {
      let text = '';
      request.on('data', (data) => (text += data));
      request.on('end', () => {
        received.push(JSON.parse(new URLSearchParams(text).get('payload') ?? '{}'));
        response.end();
      });
    }),
  );
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', () => resolve()));
  const address = receiver.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const box = await start({
    eventsUrls: [`http://127.0.0.1:${port}/`],
    manifest: 'settings: {}\noauth_config: { scopes: { bot: [chat:write] } }\n',
  });
  const option = (value: string) => ({ text: { type: 'plain_text', text: value }, value });
  const blocks = (ticked: string[]) => [
    {
      type: 'actions',
      block_id: 'steps',
      elements: [
        {
          type: 'checkboxes',
          action_id: 'tick',
          options: ['a', 'b', 'c'].map(option),
          ...(ticked.length > 0 ? { initial_options: ticked.map(option) } : {}),
        },
      ],
    },
  ];
  const { body } = await box.api('chat.postMessage', {
    channel: 'C0INCIDENTS',
    text: 'x',
    blocks: blocks([]),
  });
  const click = async (as: string, value: string) => {
    await box.control('click', { as, channel: 'C0INCIDENTS', ts: body.ts, action_id: 'tick', value });
    const chosen = at(received.at(-1), 'actions', 0, 'selected_options');
    return Array.isArray(chosen) ? chosen.map((one) => at(one, 'value')) : chosen;
  };
  expect(await click('U0ANA', 'a')).toEqual(['a']);
  // Ben has not touched it, and his client does not know of Ana's tick.
  expect(await click('U0BEN', 'b')).toEqual(['b']);
  await box.api('chat.update', {
    channel: 'C0INCIDENTS',
    ts: body.ts,
    text: 'x',
    blocks: blocks(['a', 'b']),
  });
  // The update does not reach what Ana's client remembers; Cleo starts from the new ticks.
  expect(await click('U0ANA', 'c')).toEqual(['a', 'c']);
  expect(await click('U0CLEO', 'c')).toEqual(['a', 'b', 'c']);
  expect(received.at(-1)).toMatchObject({
    type: 'block_actions',
    user: { id: 'U0CLEO', team_id: 'T0SANDBOX' },
    container: { type: 'message', message_ts: body.ts, channel_id: 'C0INCIDENTS' },
    state: { values: { steps: { tick: { type: 'checkboxes' } } } },
  });
  expect(
    await box.control('click', {
      as: 'U0ANA',
      channel: 'C0INCIDENTS',
      ts: body.ts,
      action_id: 'tick',
      value: 'z',
    }),
  ).toMatchObject({ error: expect.stringContaining('no option "z"') });
  receiver.closeAllConnections();
  receiver.close();
});

test('a response URL takes five messages', async () => {
  const box = await start();
  await box.control('command', { as: 'U0ANA', channel: 'C0INCIDENTS', command: '/incident', text: '' });
  const [id] = box.sandbox.world.slack.responseUrls.keys();
  const respond = async () =>
    fetch(`${box.sandbox.url}/slack/response/${id}`, {
      method: 'POST',
      body: '{"text":"x"}',
      headers: { 'content-type': 'application/json' },
    });
  for (let use = 0; use < 5; use += 1) expect((await respond()).status).toBe(200);
  expect((await respond()).status).toBe(404);
});

test('the control API answers this machine and its own page only', async () => {
  const box = await start();
  const status = async (headers: Record<string, string>) =>
    (await fetch(`${box.sandbox.url}/control/state`, { headers })).status;
  expect(await status({})).toBe(200);
  expect(await status({ origin: box.sandbox.url })).toBe(200);
  expect(await status({ origin: 'http://evil.example' })).toBe(403);
  expect(await status({ origin: 'null' })).toBe(403);
});
