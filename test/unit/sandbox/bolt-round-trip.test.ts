import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { afterEach, expect, test } from 'vitest';

import { openSandbox, type OpenSandbox } from './open-sandbox.ts';

const stops: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const clientOptions = (box: OpenSandbox) => ({
  slackApiUrl: `${box.sandbox.url}/slack/api/`,
  retryConfig: { retries: 0 },
  timeout: 3000,
});

/** An app with one of each: command, button, modal, event, shortcut. */
function equip(app: App, seen: string[]): void {
  app.command('/incident', async ({ ack, command, client }) => {
    await ack({ response_type: 'ephemeral', text: `heard ${command.text}` });
    await client.views.open({
      trigger_id: command.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'declare',
        title: { type: 'plain_text', text: 'Declare' },
        submit: { type: 'plain_text', text: 'Go' },
        blocks: [
          {
            type: 'input',
            block_id: 'title',
            label: { type: 'plain_text', text: 'Title' },
            element: { type: 'plain_text_input', action_id: 'value' },
          },
        ],
      },
    });
    seen.push('command');
  });
  app.view('declare', async ({ ack, view, client }) => {
    const title = view.state.values.title?.value?.value;
    if (title === 'bad') return ack({ response_action: 'errors', errors: { title: 'Say more' } });
    await ack();
    await client.chat.postMessage({
      channel: 'C0INCIDENTS',
      text: `declared ${title}`,
      blocks: [
        {
          type: 'actions',
          block_id: 'do',
          elements: [
            { type: 'button', action_id: 'take', text: { type: 'plain_text', text: 'Take' }, value: '7' },
          ],
        },
      ],
    });
    seen.push('view');
  });
  app.action('take', async ({ ack, respond, action }) => {
    await ack();
    await respond({ replace_original: true, text: `taken ${'value' in action ? action.value : ''}` });
    seen.push('action');
  });
  app.event('app_mention', async ({ event, client }) => {
    await client.chat.postMessage({ channel: event.channel, text: `hello <@${event.user}>` });
    seen.push('mention');
  });
  app.shortcut('declare_shortcut', async ({ ack }) => {
    await ack();
    seen.push('shortcut');
  });
}

async function wholeWay(box: OpenSandbox, seen: string[]): Promise<void> {
  const command = await box.control('command', {
    as: 'U0ANA',
    channel: 'C0INCIDENTS',
    command: '/incident',
    text: 'ask @ben',
  });
  expect(command).toMatchObject({ status: 200 });
  await box.until(() => seen.includes('command'));
  const messages = async () => (await box.control('messages?channel=C0INCIDENTS&as=U0ANA')).messages;
  expect(await messages()).toMatchObject([{ text: 'heard ask <@U0BEN>', ephemeral: 'U0ANA' }]);

  const { modals } = await box.control('views?as=U0ANA');
  const [view] = Array.isArray(modals) ? modals : [];
  const submit = (title: string) =>
    box.control('submit', { as: 'U0ANA', view_id: view.id, values: { title: { value: title } } });
  expect(await submit('')).toMatchObject({ errors: { title: 'Please complete this required field.' } });
  expect(await submit('bad')).toMatchObject({ response_action: 'errors', errors: { title: 'Say more' } });
  expect(await submit('Checkout is down')).toMatchObject({ status: 200 });
  expect((await box.control('views?as=U0ANA')).modals).toEqual([]);

  await box.until(() => seen.includes('view'));
  const posted = box.sandbox.world.slack.messages.of('C0INCIDENTS').at(-1);
  expect(posted?.text).toBe('declared Checkout is down');
  expect(
    await box.control('click', { as: 'U0BEN', channel: 'C0INCIDENTS', ts: posted?.ts, action_id: 'take' }),
  ).toMatchObject({ status: 200 });
  await box.until(() => seen.includes('action'));
  expect(box.sandbox.world.slack.messages.of('C0INCIDENTS').at(-1)?.text).toBe('taken 7');

  await box.control('message', { as: 'U0BEN', channel: 'C0INCIDENTS', text: '@tocsin are you there?' });
  await box.until(() => seen.includes('mention'));
  expect(box.sandbox.world.slack.messages.of('C0INCIDENTS').at(-1)?.text).toBe('hello <@U0BEN>');
  expect(await box.control('shortcut', { as: 'U0BEN', callback_id: 'declare_shortcut' })).toMatchObject({
    status: 200,
  });
}

test('Bolt lives through the whole way over Socket Mode, a refresh and a cut connection', async () => {
  const box = await openSandbox();
  stops.push(box.close);
  const receiver = new SocketModeReceiver({
    appToken: 'xapp-sandbox',
    clientPingTimeout: 200,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: clientOptions(box) },
  });
  const app = new App({
    token: 'xoxb-sandbox',
    receiver,
    logLevel: LogLevel.ERROR,
    clientOptions: clientOptions(box),
  });
  const seen: string[] = [];
  equip(app, seen);
  await app.start();
  stops.push(() => app.stop());
  await box.until(() => box.sandbox.world.slack.sockets.count() === 1);
  await wholeWay(box, seen);

  const opened = () => box.sandbox.world.ledger.entries({ method: 'apps.connections.open' }).length;
  for (const action of ['refresh', 'kill']) {
    const before = opened();
    await box.control('socket', { action });
    await box.until(() => opened() > before && box.sandbox.world.slack.sockets.count() === 1);
    expect(await box.control('shortcut', { as: 'U0BEN', callback_id: 'declare_shortcut' })).toMatchObject({
      status: 200,
    });
  }
});

test('Bolt lives through the whole way over signed HTTP', async () => {
  const holder: { url: string[] } = { url: [] };
  const box = await openSandbox({ eventsUrls: holder.url });
  stops.push(box.close);
  const app = new App({
    token: 'xoxb-sandbox',
    signingSecret: 'secret',
    logLevel: LogLevel.ERROR,
    clientOptions: clientOptions(box),
  });
  const seen: string[] = [];
  equip(app, seen);
  const server = await app.start({ port: 0, host: '127.0.0.1' });
  stops.push(() => app.stop());
  const address = server.address();
  holder.url.push(
    `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/slack/events`,
  );
  await wholeWay(box, seen);

  const upload = await app.client.filesUploadV2({
    channel_id: 'C0INCIDENTS',
    filename: 'rca.md',
    content: '# RCA',
  });
  expect(upload.ok).toBe(true);
  expect(box.sandbox.world.slack.messages.of('C0INCIDENTS').at(-1)?.files).toMatchObject([
    { name: 'rca.md' },
  ]);

  const payload = { type: 'url_verification', challenge: 'abc' };
  expect(await box.control('deliver', { kind: 'event', payload })).toMatchObject({
    status: 200,
    body: { challenge: 'abc' },
  });
  expect(await box.control('deliver', { kind: 'event', payload, skew: -400 })).toMatchObject({ status: 401 });
  const forged = { kind: 'event', payload, headers: { 'X-Slack-Signature': 'v0=0' }, url: holder.url[0] };
  expect(await box.control('deliver', forged)).toMatchObject({ status: 401 });
});
