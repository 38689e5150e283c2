import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { at, openSandbox, type Json, type OpenSandbox } from './open-sandbox.ts';

let box: OpenSandbox;

beforeAll(async () => {
  box = await openSandbox();
});
afterAll(async () => box.close());
beforeEach(async () => {
  await box.control('reset', {});
});

const error = async (method: string, args: Json, token?: string) =>
  (await box.api(method, args, token)).body.error;
const post = async (args: Json) =>
  box.api('chat.postMessage', { channel: 'C0INCIDENTS', text: 'hello', ...args });
const section = (text: string, more: Json = {}) => ({
  type: 'section',
  text: { type: 'mrkdwn', text },
  ...more,
});
const button = (more: Json = {}) => ({
  type: 'button',
  action_id: 'a',
  text: { type: 'plain_text', text: 'Go' },
  ...more,
});
const option = (value: string) => ({ text: { type: 'plain_text', text: value }, value });
const some = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));

test('tokens are checked, each method wants its own', async () => {
  expect(await error('auth.test', {}, '')).toBe('not_authed');
  expect(await error('auth.test', {}, 'xoxb-wrong')).toBe('invalid_auth');
  expect(await error('apps.connections.open', {})).toBe('not_allowed_token_type');
  expect(await error('auth.test', {}, 'xapp-sandbox')).toBe('not_allowed_token_type');
  expect(await error('chat.nothing', {})).toBe('unknown_method');
  expect((await box.api('auth.test')).body).toMatchObject({
    ok: true,
    user_id: 'U0TOCSIN',
    bot_id: 'B0TOCSIN',
    team_id: 'T0SANDBOX',
  });
});

describe('what Slack refuses in blocks', () => {
  const cases: [name: string, blocks: unknown[], message: string][] = [
    [
      '51 blocks',
      some(51, () => ({ type: 'divider' })),
      'no more than 50 items allowed [json-pointer:/blocks]',
    ],
    ['an unknown block', [{ type: 'nope' }], 'unsupported type: nope [json-pointer:/blocks/0/type]'],
    [
      'a block without its text',
      [{ type: 'header' }],
      'missing required field: text [json-pointer:/blocks/0]',
    ],
    [
      'a field that does not exist',
      [section('x', { colour: 'red' })],
      'invalid additional property: colour [json-pointer:/blocks/0]',
    ],
    [
      '3001 characters',
      [section('x'.repeat(3001))],
      'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
    ],
    ['an empty text', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
    [
      'a header in mrkdwn',
      [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
      'must be of type plain_text [json-pointer:/blocks/0/text/type]',
    ],
    [
      'a block_id twice',
      [section('x', { block_id: 'b' }), section('y', { block_id: 'b' })],
      'block_id already exists: "b" [json-pointer:/blocks/1/block_id]',
    ],
    [
      'an action_id twice in a block',
      [{ type: 'actions', elements: [button(), button()] }],
      'action_id already exists in this block: "a" [json-pointer:/blocks/0/elements/1/action_id]',
    ],
    [
      '26 buttons',
      [{ type: 'actions', elements: some(26, (index) => button({ action_id: `a${index}` })) }],
      'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
    ],
    [
      '76 characters on a button',
      [{ type: 'actions', elements: [button({ text: { type: 'plain_text', text: 'x'.repeat(76) } })] }],
      'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
    ],
    [
      'a block_id of 256',
      [section('x', { block_id: 'b'.repeat(256) })],
      'must be less than 256 characters [json-pointer:/blocks/0/block_id]',
    ],
    [
      '11 checkboxes',
      [
        section('x', {
          accessory: {
            type: 'checkboxes',
            action_id: 'a',
            options: some(11, (index) => option(`o${index}`)),
          },
        }),
      ],
      'no more than 10 items allowed [json-pointer:/blocks/0/accessory/options]',
    ],
    [
      '6 options in an overflow menu',
      [
        section('x', {
          accessory: { type: 'overflow', action_id: 'a', options: some(6, (index) => option(`o${index}`)) },
        }),
      ],
      'no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]',
    ],
    [
      'a tick that is no option',
      [
        section('x', {
          accessory: {
            type: 'checkboxes',
            action_id: 'a',
            options: [option('a')],
            initial_options: [option('b')],
          },
        }),
      ],
      'initial_options must match one of the options [json-pointer:/blocks/0/accessory/initial_options]',
    ],
    [
      'an element in the wrong block',
      [{ type: 'context', elements: [button()] }],
      'unsupported type: button [json-pointer:/blocks/0/elements/0/type]',
    ],
    [
      'an unknown button style',
      [{ type: 'actions', elements: [button({ style: 'green' })] }],
      'must be a valid enum value [json-pointer:/blocks/0/elements/0/style]',
    ],
  ];
  test.each(cases)('%s', async (_name, blocks, message) => {
    const { body } = await post({ blocks });
    expect(body).toMatchObject({ ok: false, error: 'invalid_blocks' });
    expect(body.response_metadata).toMatchObject({
      messages: expect.arrayContaining([`[ERROR] ${message}`]),
    });
    expect(box.sandbox.world.slack.messages.of('C0INCIDENTS')).toEqual([]);
  });

  test('as much as Slack allows passes', async () => {
    const blocks = some(50, (index) => section('x'.repeat(260), { block_id: `b${index}` }));
    expect((await post({ blocks })).body.ok).toBe(true);
    expect(
      (
        await post({
          blocks: [{ type: 'actions', elements: some(25, (index) => button({ action_id: `a${index}` })) }],
        })
      ).body.ok,
    ).toBe(true);
  });

  test('all texts together have a limit of their own', async () => {
    expect((await post({ blocks: some(5, () => section('x'.repeat(2700))) })).body.error).toBe(
      'msg_blocks_too_long',
    );
    expect((await post({ blocks: '{"not":"a list"}' })).body.error).toBe('invalid_blocks_format');
  });
});

test('posting, editing, deleting: who may, where, how much', async () => {
  expect(await error('chat.postMessage', { channel: 'C0NOWHERE', text: 'x' })).toBe('channel_not_found');
  expect(await error('chat.postMessage', { channel: 'C0GENERAL', text: 'x' })).toBe('not_in_channel');
  expect(await error('chat.postMessage', { channel: 'C0INCIDENTS' })).toBe('no_text');
  const { body } = await post({});
  const ts = body.ts;
  expect(await error('chat.update', { channel: 'C0INCIDENTS', ts: '1.000001', text: 'x' })).toBe(
    'message_not_found',
  );
  expect(await error('chat.update', { channel: 'C0INCIDENTS', ts, text: 'x'.repeat(40_001) })).toBe(
    'msg_too_long',
  );
  expect((await box.api('chat.update', { channel: 'C0INCIDENTS', ts, text: 'edited' })).body.ok).toBe(true);
  const own = await box.control('message', { as: 'U0ANA', channel: 'C0INCIDENTS', text: 'mine' });
  expect(await error('chat.update', { channel: 'C0INCIDENTS', ts: own.ts, text: 'x' })).toBe(
    'cant_update_message',
  );
  expect(await error('chat.delete', { channel: 'C0INCIDENTS', ts: own.ts })).toBe('cant_delete_message');
  expect((await box.api('chat.delete', { channel: 'C0INCIDENTS', ts })).body.ok).toBe(true);
});

test("an ephemeral message is for one member, out of the API's reach", async () => {
  expect(await error('chat.postEphemeral', { channel: 'C0INCIDENTS', user: 'U0GONE', text: 'x' })).toBe(
    'user_not_in_channel',
  );
  const { body } = await box.api('chat.postEphemeral', {
    channel: 'C0INCIDENTS',
    user: 'U0ANA',
    text: 'psst',
  });
  expect(await error('chat.update', { channel: 'C0INCIDENTS', ts: body.message_ts, text: 'x' })).toBe(
    'message_not_found',
  );
  expect((await box.api('conversations.history', { channel: 'C0INCIDENTS' })).body.messages).toEqual([]);
  expect((await box.control('messages?channel=C0INCIDENTS&as=U0BEN')).messages).toEqual([]);
  expect((await box.control('messages?channel=C0INCIDENTS&as=U0ANA')).messages).toMatchObject([
    { text: 'psst' },
  ]);
});

test('metadata is kept, read back only when asked for, and has a limit', async () => {
  const metadata = { event_type: 'tocsin_card', event_payload: { job: '1' } };
  await post({ metadata });
  expect(
    (await post({ metadata: { event_type: 'x', event_payload: { text: 'x'.repeat(9000) } } })).body.error,
  ).toBe('metadata_too_large');
  expect((await post({ metadata: { event_type: 'x' } })).body.error).toBe('invalid_metadata_format');
  const history = async (args: Json) =>
    (await box.api('conversations.history', { channel: 'C0INCIDENTS', ...args })).body.messages;
  expect(await history({ include_all_metadata: true })).toMatchObject([{ metadata }]);
  expect(await history({})).not.toMatchObject([{ metadata }]);
});

test('history pages, and bounds are exclusive unless asked', async () => {
  const posts = [];
  for (const text of ['a', 'b', 'c', 'd']) posts.push((await post({ text })).body);
  const history = async (args: Json) =>
    (await box.api('conversations.history', { channel: 'C0INCIDENTS', ...args })).body;
  const first = await history({ limit: 3 });
  expect(first).toMatchObject({ has_more: true, messages: [{ text: 'd' }, { text: 'c' }, { text: 'b' }] });
  const cursor = at(first, 'response_metadata', 'next_cursor');
  expect(await history({ limit: 3, cursor })).toMatchObject({ has_more: false, messages: [{ text: 'a' }] });
  expect(await history({ oldest: posts[1]?.ts })).toMatchObject({ messages: [{ text: 'd' }, { text: 'c' }] });
  expect(await history({ oldest: posts[1]?.ts, latest: posts[2]?.ts, inclusive: true })).toMatchObject({
    messages: [{ text: 'c' }, { text: 'b' }],
  });
  await post({ text: 'reply', thread_ts: posts[0]?.ts });
  expect((await history({})).messages).toHaveLength(4);
  const replies = (await box.api('conversations.replies', { channel: 'C0INCIDENTS', ts: posts[0]?.ts })).body;
  expect(replies).toMatchObject({ messages: [{ text: 'a', reply_count: 1 }, { text: 'reply' }] });
});

test('channels: names stay taken, invitations are all or nothing', async () => {
  const names: [string, string][] = [
    ['Upper', 'invalid_name_specials'],
    ['a b', 'invalid_name_specials'],
    ['', 'invalid_name_required'],
    ['---', 'invalid_name_punctuation'],
    ['x'.repeat(81), 'invalid_name_maxlength'],
    ['general', 'name_taken'],
  ];
  for (const [name, refused] of names) expect(await error('conversations.create', { name })).toBe(refused);
  const { body } = await box.api('conversations.create', { name: 'inc-1' });
  const channel = at(body, 'channel', 'id');
  expect(await error('conversations.invite', { channel, users: 'U0TOCSIN' })).toBe('cant_invite_self');
  expect(await error('conversations.invite', { channel, users: 'U0NOBODY' })).toBe('user_not_found');
  expect(await error('conversations.invite', { channel, users: 'U0GONE' })).toBe('cant_invite');
  const mixed = await box.api('conversations.invite', { channel, users: 'U0ANA,U0NOBODY' });
  expect(mixed.body).toMatchObject({ ok: false, errors: [{ user: 'U0NOBODY', error: 'user_not_found' }] });
  expect(
    (await box.api('conversations.invite', { channel, users: 'U0ANA,U0NOBODY', force: true })).body.ok,
  ).toBe(true);
  expect(await error('conversations.invite', { channel, users: 'U0ANA' })).toBe('already_in_channel');
  expect((await box.api('conversations.archive', { channel })).body.ok).toBe(true);
  expect(await error('conversations.archive', { channel })).toBe('already_archived');
  expect(await error('conversations.setTopic', { channel, topic: 'x' })).toBe('is_archived');
  expect(await error('conversations.create', { name: 'inc-1' })).toBe('name_taken');
});

test('pins, reactions and files', async () => {
  const { body } = await post({});
  const item = { channel: 'C0INCIDENTS', timestamp: body.ts };
  expect((await box.api('pins.add', item)).body.ok).toBe(true);
  expect(await error('pins.add', item)).toBe('already_pinned');
  expect((await box.api('reactions.add', { ...item, name: 'eyes' })).body.ok).toBe(true);
  expect(await error('reactions.add', { ...item, name: 'eyes' })).toBe('already_reacted');
  expect(
    await error('bookmarks.add', { channel_id: 'C0INCIDENTS', title: 'x', type: 'link', link: 'nope' }),
  ).toBe('invalid_link');

  const { body: upload } = await box.api('files.getUploadURLExternal', { filename: 'rca.md', length: 5 });
  expect(await error('files.completeUploadExternal', { files: [{ id: upload.file_id }] })).toBe(
    'file_not_found',
  );
  expect((await fetch(String(upload.upload_url), { method: 'POST', body: 'four' })).status).toBe(400);
  expect((await fetch(String(upload.upload_url), { method: 'POST', body: '# RCA' })).status).toBe(200);
  const done = await box.api('files.completeUploadExternal', {
    files: [{ id: upload.file_id, title: 'RCA' }],
    channel_id: 'C0INCIDENTS',
  });
  const address = at(done.body, 'files', 0, 'url_private');
  expect(await (await fetch(String(address))).text()).toBe('# RCA');
  expect(box.sandbox.world.slack.messages.of('C0INCIDENTS').at(-1)?.files).toMatchObject([
    { name: 'rca.md', title: 'RCA' },
  ]);
});
