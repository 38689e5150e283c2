import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startSlackWorld } from './slack-world.ts';
import type { SlackWorld } from './slack-world.ts';

let world: SlackWorld;
const HOUR_AGO = new Date(Date.now() - 3_600_000);

beforeAll(async () => {
  world = await startSlackWorld();
});
afterAll(async () => {
  await world.stop();
});
beforeEach(async () => {
  await world.sandbox.post('/control/reset', {});
  await world.sandbox.clearFaults();
});

const create = (name: string): ReturnType<typeof world.slack.chat.createChannel> =>
  world.slack.chat.createChannel({ name, isPrivate: false, urgency: 1 });

test('a channel that was created without an answer is found by its name', async () => {
  await world.sandbox.fault({
    target: 'slack:conversations.create',
    fault: { kind: 'processed_then_reset' },
  });
  await expect(create('inc-1-x')).rejects.toMatchObject({ code: 'ambiguous' });
  expect(await create('inc-1-x')).toEqual({ outcome: 'name_taken' });
  const found = await world.slack.chat.findOwnChannel({ name: 'inc-1-x', since: HOUR_AGO });
  const channel = (await world.sandbox.channels()).find((one) => one.name === 'inc-1-x');
  expect(found).toBe(channel?.id);
});

test('others’ channels, and ours from before, are not adopted', async () => {
  const { chat } = world.slack;
  expect(await chat.findOwnChannel({ name: 'general', since: new Date(0) })).toBeUndefined();
  await create('inc-2-x');
  const later = new Date(Date.now() + 3_600_000);
  expect(await chat.findOwnChannel({ name: 'inc-2-x', since: later })).toBeUndefined();
  expect(await chat.findOwnChannel({ name: 'inc-3-x', since: HOUR_AGO })).toBeUndefined();
});

test('people who cannot be invited are passed over, the others are in', async () => {
  const created = await create('inc-4-x');
  const channelId = created.outcome === 'created' ? created.channelId : '';
  const userIds = ['U0ANA', 'U0NOBODY', 'U0BEN', 'U0GONE'];
  await world.slack.chat.invite({ channelId, userIds, urgency: 1 });
  await world.slack.chat.invite({ channelId, userIds, urgency: 1 });
  const channel = (await world.sandbox.channels()).find((one) => one.id === channelId);
  expect(channel?.members).toEqual(expect.arrayContaining(['U0ANA', 'U0BEN']));
});

test('topic, pin and permalink; pinning twice is fine, a permalink to nothing is none', async () => {
  const { chat, gateway } = world.slack;
  await chat.setTopic({ channelId: 'C0INCIDENTS', topic: 'x'.repeat(400), urgency: 8 });
  const answer = await gateway.call(
    'chat.postMessage',
    { channel: 'C0INCIDENTS', text: 'hi' },
    { urgency: 1 },
  );
  const message = { channelId: 'C0INCIDENTS', ts: String(answer['ts']) };
  await chat.pin({ ...message, urgency: 8 });
  await chat.pin({ ...message, urgency: 8 });
  expect(await chat.permalink(message)).toMatch(/^https?:/);
  expect(await chat.permalink({ channelId: 'C0INCIDENTS', ts: '1.1' })).toBeUndefined();
});

test('F6: a document whose upload was not answered is found again: one file', async () => {
  const document = {
    channelId: 'C0INCIDENTS',
    key: 'rca-1',
    fileName: 'INC-1-rca.md',
    title: 'INC-1 RCA',
    text: '# Root cause\n',
  };
  await world.sandbox.fault({
    target: 'slack:files.completeUploadExternal',
    fault: { kind: 'processed_then_reset' },
  });
  const { chat } = world.slack;
  await expect(chat.uploadDocument(document)).rejects.toMatchObject({ code: 'ambiguous' });
  const fileId = await world.replica().chat.uploadDocument(document);
  expect(await chat.uploadDocument(document)).toBe(fileId);
  const files = (await world.sandbox.messages('C0INCIDENTS')).flatMap((message) => message.files ?? []);
  expect(files.map((file) => file.id)).toEqual([fileId]);
});

test('facts about people are those of Slack, cached, and fail closed', async () => {
  const { directory } = world.slack;
  const user = (userId: string, teamId = 'T0SANDBOX'): ReturnType<typeof directory.user> =>
    directory.user({ teamId, userId });
  expect(await user('U0ANA')).toMatchObject({ isGuest: false, isForeign: false, isDeactivated: false });
  expect(await user('U0GUEST')).toMatchObject({ isGuest: true });
  expect(await user('U0GONE')).toMatchObject({ isDeactivated: true });
  expect(await user('U0STRANGER', 'T0OTHER')).toMatchObject({ isForeign: true });
  expect(await user('U0ANA', 'T0OTHER')).toMatchObject({ isForeign: true });
  expect(await user('U0TOCSIN')).toMatchObject({ isBot: true });
  expect(await user('U0NOBODY')).toBeUndefined();
  expect(await directory.groupMembers('S0MANAGERS')).toEqual(['U0MIRA', 'U0MAX']);

  await world.sandbox.fault({ target: 'slack:*', fault: { kind: 'status', code: 500 }, times: -1 });
  expect(await user('U0ANA')).toMatchObject({ isGuest: false });
  directory.forgetUser('U0ANA');
  await expect(user('U0ANA')).rejects.toMatchObject({ code: 'unavailable' });
  await expect(directory.groupMembers('S0MANAGERS', { fresh: true })).rejects.toMatchObject({
    code: 'unavailable',
  });
});
