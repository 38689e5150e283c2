import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CodedError } from '../../../src/errors.ts';
import { startProgram } from '../../harness/program.ts';
import { startSlackWorld } from './slack-world.ts';
import type { SlackWorld } from './slack-world.ts';

/** Ten times Slack's limits on both sides, so that a minute of tier 2 passes in six seconds. */
const SCALE = 10;
let world: SlackWorld;

beforeAll(async () => {
  world = await startSlackWorld({ sandboxScale: SCALE, limitScale: SCALE });
});
afterAll(async () => {
  await world.stop();
});
beforeEach(async () => {
  await world.sandbox.post('/control/reset', {});
  await world.sandbox.clearFaults();
  await world.db.query('delete from slack_budgets');
});

const post = (channel: string, urgency: number): Promise<unknown> =>
  world.slack.gateway.call('chat.postMessage', { channel, text: 'hello' }, { urgency });

test('two processes that send as fast as they may never provoke a 429, and use what Slack gives', async () => {
  const milliseconds = 12_000;
  const callers = [1, 2].map(() =>
    startProgram('test/integration/slack/caller.ts', {
      CALLER_DATABASE: world.database.url,
      CALLER_API: `${world.sandbox.url}/slack/api/`,
      CALLER_MS: String(milliseconds),
      CALLER_SCALE: String(SCALE),
    }),
  );
  await Promise.all(callers.map((caller) => caller.line(/^done/)));
  const calls = await world.sandbox.ledger('conversations.setTopic');
  expect(calls.filter((call) => call.status === 429)).toEqual([]);
  // 200 a minute: 40 in twelve seconds, and the burst.
  expect(calls.length).toBeGreaterThan(35);
});

test('a 429 for one channel does not hold up another', async () => {
  await world.sandbox.fault({
    target: 'slack:chat.postMessage',
    match: { channel: 'C0GENERAL' },
    fault: { kind: 'rate_limited', retry_after: 5 },
  });
  const refused = post('C0GENERAL', 1);
  await expect(refused).rejects.toMatchObject({ code: 'rate_limited', retryAfterSeconds: 5 });
  const started = performance.now();
  await post('C0INCIDENTS', 5);
  expect(performance.now() - started).toBeLessThan(250);
});

test('all replicas keep to the Retry-After that one of them was given', async () => {
  await world.sandbox.fault({
    target: 'slack:chat.postMessage',
    fault: { kind: 'rate_limited', retry_after: 3 },
  });
  await expect(post('C0GENERAL', 1)).rejects.toMatchObject({ code: 'rate_limited' });
  const other = world.replica();
  const error = await other.gateway
    .call('chat.postMessage', { channel: 'C0GENERAL', text: 'too early' }, { urgency: 1 })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CodedError);
  expect(error).toMatchObject({ code: 'rate_limited' });
  expect((await world.sandbox.ledger('chat.postMessage')).length).toBe(1);
});

test('a second channel refused at once closes the whole method', async () => {
  await world.sandbox.fault({
    target: 'slack:chat.postMessage',
    fault: { kind: 'rate_limited', retry_after: 3 },
    times: 2,
  });
  await expect(post('C0GENERAL', 1)).rejects.toMatchObject({ code: 'rate_limited' });
  await expect(post('C0INCIDENTS', 1)).rejects.toMatchObject({ code: 'rate_limited' });
  const { channels } = await world.sandbox.get<{ channels: { id: string }[] }>('/control/state');
  expect(channels.length).toBeGreaterThan(1);
  await expect(post('C0THIRD', 1)).rejects.toMatchObject({ code: 'rate_limited' });
  expect((await world.sandbox.ledger('chat.postMessage')).length).toBe(2);
});

test('the most urgent goes first, and low urgency leaves budget for it', async () => {
  const order: number[] = [];
  const slow = world.replica(0.5);
  const send = (urgency: number): Promise<unknown> =>
    slow.gateway
      .call('pins.add', { channel: 'C0GENERAL', timestamp: '1.1' }, { urgency })
      .catch((error: unknown) => error)
      .then((answer) => {
        if (!(answer instanceof CodedError) || answer.code !== 'rate_limited') order.push(urgency);
        return answer;
      });
  // Ten a minute: the burst of one goes to the first in line; what waits longer than 1.5 s goes back to the queue.
  const answers = await Promise.all([send(9), send(5), send(1)]);
  const late = answers.filter((answer) => answer instanceof CodedError && answer.code === 'rate_limited');
  expect(late.length).toBe(2);
  for (const answer of late) {
    expect(answer instanceof CodedError ? answer.retryAfterSeconds : 0).toBeGreaterThan(0);
  }
});

test('an answer to a person waits for nothing, not even for the database', async () => {
  await world.db.query(
    `insert into slack_budgets (bucket, spoken_until) values ('users.info', app.real_now() + interval '1 minute')`,
  );
  const started = performance.now();
  await world.slack.gateway.answer('users.info', { user: 'U0ANA' });
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('is not closed for an hour when the clock of the database is set back by an hour', async () => {
  await world.db.query(
    `insert into slack_budgets (bucket, spoken_until, written_at)
     select 'conversations.setTopic', app.real_now() + interval '1 hour', app.real_now() + interval '1 hour'`,
  );
  const topic = { channel: 'C0INCIDENTS', topic: 'x' };
  await world.slack.gateway.call('conversations.setTopic', topic, { urgency: 1 });
  const left = await world.db.query(
    `select from slack_budgets where spoken_until > app.real_now() + interval '5 minutes'`,
  );
  expect(left.rowCount).toBe(0);
});

test('says what a failure means for a second try', async () => {
  const attempt = async (fault: { kind: string; [key: string]: unknown }): Promise<unknown> => {
    await world.sandbox.fault({ target: 'slack:chat.update', fault });
    return world.slack.gateway
      .call('chat.update', { channel: 'C0GENERAL', ts: '1.1', text: 'x' }, { urgency: 1 })
      .catch((error: unknown) => error);
  };
  expect(await attempt({ kind: 'ok_false', error: 'internal_error' })).toMatchObject({ code: 'ambiguous' });
  expect(await attempt({ kind: 'ok_false', error: 'fatal_error' })).toMatchObject({ code: 'ambiguous' });
  expect(await attempt({ kind: 'processed_then_reset' })).toMatchObject({ code: 'ambiguous' });
  expect(await attempt({ kind: 'status', code: 502 })).toMatchObject({ code: 'ambiguous' });
  expect(await attempt({ kind: 'ok_false', error: 'service_unavailable' })).toMatchObject({
    code: 'unavailable',
  });
  expect(await attempt({ kind: 'ok_false', error: 'invalid_auth' })).toMatchObject({
    code: 'config',
    retryable: true,
  });
  expect(await attempt({ kind: 'ok_false', error: 'no_text' })).toMatchObject({
    code: 'bad_input',
    retryable: false,
  });
  expect(await attempt({ kind: 'ok_false', error: 'message_not_found' })).toMatchObject({
    code: 'not_found',
  });
});
