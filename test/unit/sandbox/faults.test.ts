import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';

import { openSandbox, type Json, type OpenSandbox } from './open-sandbox.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const start = async (options: Parameters<typeof openSandbox>[0] = {}) => {
  const box = await openSandbox(options);
  cleanups.push(box.close);
  return box;
};

type Receiver = { url: string; headers: NodeJS.Dict<string | string[]>[]; stop: () => Promise<void> };

/** An app that answers each delivery with the next status of the list, the last one for ever. */
async function receiver(statuses: number[]): Promise<Receiver> {
  const headers: NodeJS.Dict<string | string[]>[] = [];
  const server: Server = createServer((request, response) => {
    headers.push(request.headers);
    response.statusCode = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 200;
    request.resume().on('end', () => response.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  cleanups.push(stop);
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`,
    headers,
    stop,
  };
}

const posted = (box: OpenSandbox) =>
  box.sandbox.world.slack.messages.of('C0INCIDENTS').map((message) => message.text);
const fault = async (box: OpenSandbox, kind: Json, more: Json = {}) =>
  box.control('faults', { target: 'slack:chat.postMessage', fault: kind, ...more });
const post = async (box: OpenSandbox, text: string) =>
  box.api('chat.postMessage', { channel: 'C0INCIDENTS', text });

test('processed, then reset: the caller sees an error, the ledger an effect', async () => {
  const box = await start();
  await fault(box, { kind: 'processed_then_reset' });
  await expect(post(box, 'a')).rejects.toThrow('fetch failed');
  expect(posted(box)).toEqual(['a']);
  expect((await box.control('ledger?method=chat.postMessage')).entries).toMatchObject([
    { ok: true, effect: true, fault: 'processed_then_reset' },
  ]);
  expect((await post(box, 'b')).status).toBe(200);
});

test('what fails before leaves nothing behind', async () => {
  const box = await start();
  await fault(box, { kind: 'reset_before' });
  await expect(post(box, 'a')).rejects.toThrow('fetch failed');
  await fault(box, { kind: 'timeout_before', ms: 20 });
  await expect(post(box, 'b')).rejects.toThrow('fetch failed');
  await fault(box, { kind: 'status', code: 503 });
  expect((await post(box, 'c')).status).toBe(503);
  await fault(box, { kind: 'rate_limited', retry_after: 7 });
  expect((await post(box, 'd')).headers.get('retry-after')).toBe('7');
  await fault(box, { kind: 'ok_false', error: 'internal_error' });
  expect((await post(box, 'e')).body).toMatchObject({ ok: false, error: 'internal_error' });
  expect(posted(box)).toEqual([]);
  expect(box.sandbox.world.ledger.entries().some((entry) => entry.effect)).toBe(false);
});

test('a fault hits only what it names, as often as it says, and can be cleared', async () => {
  const box = await start();
  await fault(box, { kind: 'status', code: 500 }, { match: { channel: 'C0GENERAL' } });
  expect((await post(box, 'a')).status).toBe(200);
  await box.control('faults', { target: 'slack:*', fault: { kind: 'status', code: 500 }, times: -1 });
  expect([(await post(box, 'b')).status, (await box.api('auth.test')).status]).toEqual([500, 500]);
  await fetch(`${box.sandbox.url}/control/faults`, { method: 'DELETE' });
  expect((await post(box, 'c')).status).toBe(200);
  expect(await box.control('faults', { target: 'slack:*', fault: { kind: 'earthquake' } })).toHaveProperty(
    'error',
  );
});

test('an event is tried four times, with number and reason; a command once', async () => {
  const app = await receiver([500, 500, 500, 200]);
  const box = await start({ eventsUrls: [app.url] });
  await box.control('message', { as: 'U0ANA', channel: 'C0INCIDENTS', text: 'hi' });
  await box.until(() => app.headers.length === 4);
  expect(
    app.headers.map((headers) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']]),
  ).toEqual([
    [undefined, undefined],
    ['1', 'http_error'],
    ['2', 'http_error'],
    ['3', 'http_error'],
  ]);
  expect(app.headers.every((headers) => String(headers['x-slack-signature']).startsWith('v0='))).toBe(true);
  const failing = await receiver([500]);
  const answer = await box.control('deliver', {
    kind: 'command',
    payload: { command: '/incident', text: '' },
    url: failing.url,
  });
  expect(answer).toMatchObject({ status: 500, error: 'http_error' });
  expect(failing.headers).toHaveLength(1);
});

test('a delivery can come twice, or get lost on the way', async () => {
  const app = await receiver([200]);
  const box = await start({ eventsUrls: [app.url] });
  const command = { as: 'U0ANA', channel: 'C0INCIDENTS', command: '/incident', text: 'x' };
  await box.control('faults', {
    target: 'delivery',
    fault: { kind: 'duplicate', times: 2 },
    match: { kind: 'command' },
  });
  expect(await box.control('command', command)).toMatchObject({ status: 200 });
  expect(app.headers).toHaveLength(2);
  await box.control('faults', {
    target: 'delivery',
    fault: { kind: 'reset_before' },
    match: { kind: 'command' },
  });
  expect(await box.control('command', command)).toMatchObject({ error: 'dispatch_unknown_error' });
  expect(app.headers).toHaveLength(2);
});

test('several addresses are replicas: in turn, past one that is gone', async () => {
  const [one, two, gone] = [await receiver([200]), await receiver([200]), await receiver([200])];
  await gone.stop();
  const box = await start({ eventsUrls: [one.url, gone.url, two.url] });
  const command = { as: 'U0ANA', channel: 'C0INCIDENTS', command: '/incident', text: 'x' };
  for (let time = 0; time < 4; time += 1)
    expect(await box.control('command', command)).toMatchObject({ status: 200 });
  expect(one.headers.length + two.headers.length).toBe(4);
  expect(Math.min(one.headers.length, two.headers.length)).toBeGreaterThan(0);
});

test('everything is there again after kill -9, but for a line torn by it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-kill-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const launch = async () => {
    const child = spawn(process.execPath, ['sandbox/main.ts'], {
      env: { PATH: process.env.PATH, SANDBOX_PORT: '0', SANDBOX_DATA: folder, SANDBOX_LIMIT_SCALE: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    cleanups.push(() => child.kill('SIGKILL'));
    const [line] = await once(createInterface(child.stdout), 'line');
    return { child, url: String(line).replace('sandbox ready ', '') };
  };
  const call = async (url: string, method: string, args: Record<string, string>) => {
    const response = await fetch(`${url}/slack/api/${method}`, {
      method: 'POST',
      headers: { authorization: 'Bearer xoxb-sandbox' },
      body: new URLSearchParams(args),
    });
    const body: Json = JSON.parse(await response.text());
    return body;
  };
  const first = await launch();
  await call(first.url, 'conversations.create', { name: 'inc-7' });
  const message = await call(first.url, 'chat.postMessage', { channel: 'C0INCIDENTS', text: 'before' });
  const gone = once(first.child, 'exit');
  first.child.kill('SIGKILL');
  await gone;
  const file = join(folder, 'journal.jsonl');
  writeFileSync(file, `${readFileSync(file, 'utf8')}{"c":"slack.messages","k":"torn`);

  const second = await launch();
  expect(await call(second.url, 'conversations.create', { name: 'inc-7' })).toMatchObject({
    error: 'name_taken',
  });
  const history = await call(second.url, 'conversations.history', { channel: 'C0INCIDENTS' });
  expect(history.messages).toMatchObject([{ text: 'before', ts: message.ts }]);
  const ledger: Json = JSON.parse(
    await (await fetch(`${second.url}/control/ledger?method=chat.postMessage`)).text(),
  );
  expect(ledger.entries).toMatchObject([{ effect: true }]);
  const stopped = once(second.child, 'exit');
  second.child.kill('SIGTERM');
  expect((await stopped)[0]).toBe(0);
});
