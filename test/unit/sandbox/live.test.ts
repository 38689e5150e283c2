import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { at, openSandbox, type Answer, type Json, type OpenSandbox } from './open-sandbox.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const start = async (options: Parameters<typeof openSandbox>[0] = {}) => {
  const box = await openSandbox(options);
  cleanups.push(box.close);
  return box;
};

type Envelope = {
  envelope_id: string;
  type: string;
  payload: Json;
  retry_attempt: number;
  retry_reason: string;
};

/** A Socket Mode connection that acknowledges with what `answer` says, or not at all. */
async function connect(box: OpenSandbox, answer: (envelope: Envelope) => unknown): Promise<Envelope[]> {
  const { body } = await box.api('apps.connections.open', {}, 'xapp-sandbox');
  const socket = new WebSocket(String(body.url));
  const seen: Envelope[] = [];
  cleanups.push(() => socket.terminate());
  const hello = new Promise((resolve) => {
    socket.on('message', (data: Buffer) => {
      const message: Envelope & { type: string } = JSON.parse(data.toString());
      if (message.type === 'hello') return resolve(message);
      seen.push(message);
      const payload = answer(message);
      if (payload !== null) socket.send(JSON.stringify({ envelope_id: message.envelope_id, payload }));
      return undefined;
    });
  });
  expect(await hello).toMatchObject({ type: 'hello', connection_info: { app_id: 'A0TOCSIN' } });
  return seen;
}

const command = (box: OpenSandbox, text: string): Promise<Answer> =>
  box.control('command', { as: 'U0ANA', channel: 'C0INCIDENTS', command: '/incident', text });

test('each envelope goes to one connection, in turn', async () => {
  const box = await start();
  const one = await connect(box, () => ({ text: 'one' }));
  const two = await connect(box, () => ({ text: 'two' }));
  for (const text of ['a', 'b', 'c', 'd']) expect(await command(box, text)).toMatchObject({ status: 200 });
  expect([one.length, two.length]).toEqual([2, 2]);
  expect(one[0]).toMatchObject({
    type: 'slash_commands',
    accepts_response_payload: true,
    payload: { user_id: 'U0ANA', is_enterprise_install: 'false' },
  });
});

test('an event whose answer got lost comes again over another connection; what is deaf hears nothing', async () => {
  const box = await start();
  const first = await connect(box, () => undefined);
  await box.control('faults', {
    target: 'delivery',
    fault: { kind: 'reset_before' },
    match: { type: 'app_mention' },
  });
  await connect(box, () => undefined);
  await box.control('message', { as: 'U0ANA', channel: 'C0INCIDENTS', text: '@tocsin hi' });
  const mentions = () =>
    box.sandbox.world.ledger
      .entries({ method: 'event' })
      .filter((entry) => entry.args.type === 'app_mention');
  await box.until(() => mentions().some((entry) => entry.ok));
  expect(mentions()).toMatchObject([
    { ok: false, error: 'connection_failed', fault: 'reset_before' },
    { ok: true, args: { retry_num: 1, retry_reason: 'connection_failed' } },
  ]);
  await box.control('socket', { action: 'half_open' });
  const heard = first.length;
  expect(await command(box, 'x')).toMatchObject({ error: 'operation_timeout', ms: expect.any(Number) });
  expect(first.length).toBe(heard);
});

test('what the acknowledgement of a form asks for is done', async () => {
  const box = await start();
  const view = (title: string) => ({
    type: 'modal',
    callback_id: 'c',
    title: { type: 'plain_text', text: title },
    submit: { type: 'plain_text', text: 'Go' },
    notify_on_close: true,
    blocks: [
      {
        type: 'input',
        block_id: 'b',
        optional: true,
        label: { type: 'plain_text', text: 'L' },
        element: {
          type: 'static_select',
          action_id: 'a',
          initial_option: option('x'),
          options: [option('x'), option('y')],
        },
      },
    ],
  });
  const option = (value: string) => ({ text: { type: 'plain_text', text: value }, value });
  const answers: unknown[] = [];
  const seen = await connect(box, () => answers.shift());
  await command(box, '');
  const trigger_id = seen[0]?.payload.trigger_id;
  expect((await box.api('views.open', { trigger_id, view: view('One') })).body.ok).toBe(true);
  const titles = async () => {
    const { modals } = await box.control('views?as=U0ANA');
    return Array.isArray(modals) ? modals.map((modal) => at(modal, 'title', 'text')) : [];
  };
  const top = async () =>
    at(await box.control('views?as=U0ANA'), 'modals', (await titles()).length - 1, 'id');
  const submit = async (answer: unknown, values: Json = {}) => {
    answers.push(answer);
    return box.control('submit', { as: 'U0ANA', view_id: await top(), values });
  };
  expect(await submit({ response_action: 'update', view: view('Two') })).toMatchObject({
    response_action: 'update',
  });
  // Values that were set at first are sent too.
  expect(seen.at(-1)?.payload).toMatchObject({
    type: 'view_submission',
    view: { state: { values: { b: { a: { selected_option: { value: 'x' } } } } } },
  });
  expect(await submit({ response_action: 'push', view: view('Three') }, { b: { a: 'y' } })).toMatchObject({
    response_action: 'push',
  });
  expect(seen.at(-1)?.payload).toMatchObject({
    view: { state: { values: { b: { a: { selected_option: { value: 'y' } } } } } },
  });
  expect(await titles()).toEqual(['Two', 'Three']);
  expect(await submit({ response_action: 'errors', errors: { nowhere: 'x' } })).toMatchObject({
    error: 'invalid_errors',
  });
  expect(await submit({ response_action: 'update', view: { type: 'modal' } })).toMatchObject({
    error: 'invalid_view',
  });
  expect(await titles()).toEqual(['Two', 'Three']);
  expect(await box.control('close', { as: 'U0ANA', view_id: await top() })).toMatchObject({ status: 200 });
  expect(seen.at(-1)?.payload).toMatchObject({ type: 'view_closed', is_cleared: false });
  expect(await submit({ response_action: 'clear' })).toMatchObject({ response_action: 'clear' });
  expect(await titles()).toEqual([]);
});

test('a stranger sees no private channel; a forged click is sent as it is', async () => {
  const box = await start();
  const seen = await connect(box, () => undefined);
  const { body } = await box.api('conversations.create', { name: 'secret', is_private: true });
  const channel = at(body, 'channel', 'id');
  const { body: message } = await box.api('chat.postMessage', {
    channel,
    text: 'x',
    blocks: [
      {
        type: 'actions',
        block_id: 'b',
        elements: [
          {
            type: 'button',
            action_id: 'go',
            value: '1',
            text: { type: 'plain_text', text: 'Go' },
            confirm: {
              title: { type: 'plain_text', text: 'Sure?' },
              text: { type: 'plain_text', text: 'Really?' },
            },
          },
        ],
      },
    ],
  });
  const click = (more: Json) => box.control('click', { channel, ts: message.ts, action_id: 'go', ...more });
  expect(await click({ as: 'U0ANA', confirm: true })).toMatchObject({
    error: expect.stringContaining('does not see'),
  });
  await box.api('conversations.invite', { channel, users: 'U0ANA' });
  expect(await click({ as: 'U0ANA' })).toMatchObject({
    error: expect.stringContaining('confirm'),
    confirm: { title: { text: 'Sure?' } },
  });
  expect(await click({ as: 'U0ANA', confirm: true })).toMatchObject({ status: 200 });
  expect(seen.at(-1)?.payload).toMatchObject({
    channel: { id: channel, name: 'privategroup' },
    actions: [{ action_id: 'go', value: '1' }],
  });
  expect(
    await click({ as: 'U0ANA', forge: true, action_id: 'approve', block_id: 'z', value: '999' }),
  ).toMatchObject({ status: 200 });
  expect(seen.at(-1)?.payload).toMatchObject({
    actions: [{ action_id: 'approve', block_id: 'z', value: '999' }],
  });
});

test("the guides' alerts go out as Alertmanager sends them, and keep their start", async () => {
  const received: { headers: NodeJS.Dict<string | string[]>; body: Json }[] = [];
  const webhook = createServer((request, response) => {
    let text = '';
    request.on('data', (data) => (text += data));
    request.on('end', () => {
      received.push({ headers: request.headers, body: JSON.parse(text) });
      response.writeHead(202).end('{}');
    });
  });
  webhook.listen(0, '127.0.0.1');
  await once(webhook, 'listening');
  cleanups.push(() => {
    webhook.closeAllConnections();
    webhook.close();
  });
  const address = webhook.address();
  const box = await start({
    alertsUrl: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/alerts`,
  });
  const { alerts } = await box.control('alerts');
  expect(Array.isArray(alerts) ? alerts.length : 0).toBe(21);
  const id = 'user-profile-user-profile-service-down';
  for (const status of ['firing', 'firing', 'resolved'])
    expect(await box.control(`alerts/${id}`, { status })).toMatchObject({ status: 202 });
  expect(received[0]).toMatchObject({
    headers: { authorization: 'Bearer sandbox' },
    body: {
      version: '4',
      status: 'firing',
      alerts: [
        {
          endsAt: '0001-01-01T00:00:00Z',
          labels: {
            alertname: 'UserProfileServiceDown',
            severity: 'critical',
            service: 'user-profile-service',
          },
        },
      ],
    },
  });
  const starts = received.map(({ body }) => at(body, 'alerts', 0, 'startsAt'));
  const prints = received.map(({ body }) => at(body, 'alerts', 0, 'fingerprint'));
  expect([new Set(starts).size, new Set(prints).size]).toEqual([1, 1]);
  expect(received[2]?.body).toMatchObject({ status: 'resolved', alerts: [{ status: 'resolved' }] });
});

test('a reset leaves an empty workspace and an empty ledger', async () => {
  const box = await start();
  await box.api('chat.postMessage', { channel: 'C0INCIDENTS', text: 'x' });
  await box.api('conversations.create', { name: 'inc-1' });
  await box.control('reset', {});
  expect((await box.control('ledger')).entries).toEqual([]);
  expect((await box.control('messages?channel=C0INCIDENTS')).messages).toEqual([]);
  expect((await box.api('conversations.create', { name: 'inc-1' })).body.ok).toBe(true);
});
