import { expect, test } from 'vitest';
import type { CodedError } from '../../../src/errors.ts';
import { createFreshCache } from '../../../src/slack/fresh-cache.ts';
import { classifySlackError, hadNoEffect } from '../../../src/slack/gateway/classify-error.ts';
import { isSlackAddress } from '../../../src/slack/gateway/post-to-url.ts';
import { splitReference } from '../../../src/slack/incident-reference.ts';
import { readIncoming } from '../../../src/slack/incoming.ts';
import { input, inputs, parseModalValues } from '../../../src/slack/modal-values.ts';
import { nearestName } from '../../../src/slack/nearest-name.ts';
import { defineListener } from '../../../src/slack/define-listener.ts';
import { registerListeners } from '../../../src/slack/register-listeners.ts';

test('an incident is named first by its number or its channel', () => {
  expect(splitReference('INC-42 it works')).toEqual({
    reference: { kind: 'number', number: 42 },
    rest: 'it works',
  });
  expect(splitReference('#7')).toEqual({ reference: { kind: 'number', number: 7 }, rest: '' });
  expect(splitReference('<#C0INC|inc-7-x> rest')).toEqual({
    reference: { kind: 'channel', channelId: 'C0INC' },
    rest: 'rest',
  });
  expect(splitReference('INC-42x')).toEqual({ reference: null, rest: 'INC-42x' });
  expect(splitReference('it is #7')).toEqual({ reference: null, rest: 'it is #7' });
});

test('a mistyped name finds the nearest, a strange one finds none', () => {
  const names = ['ack', 'declare', 'resolve', 'timeline', 'status', 'list'];
  expect(nearestName('akc', names)).toBe('ack');
  expect(nearestName('resovle', names)).toBe('resolve');
  expect(nearestName('time', names)).toBe('timeline');
  expect(nearestName('STATSU', names)).toBe('status');
  expect(nearestName('banana', names)).toBeUndefined();
  expect(nearestName('x'.repeat(5_000), names)).toBeUndefined();
});

test('reads every kind of input of a modal', () => {
  const values = parseModalValues({
    values: {
      text: { a: { type: 'plain_text_input', value: '  hello ' } },
      empty: { a: { type: 'plain_text_input', value: null } },
      choice: { a: { type: 'static_select', selected_option: { value: 'one' } } },
      boxes: { a: { type: 'checkboxes', selected_options: [{ value: 'x' }, { value: 'y' }] } },
      none: { a: { type: 'checkboxes', selected_options: [] } },
      person: { a: { type: 'users_select', selected_user: 'U1' } },
      people: { a: { type: 'multi_users_select', selected_users: ['U1', 'U2'] } },
      day: { a: { type: 'datepicker', selected_date: '2026-11-22' } },
    },
  });
  expect(input(values, 'text')).toBe('hello');
  expect(input(values, 'empty')).toBeNull();
  expect(input(values, 'choice')).toBe('one');
  expect(inputs(values, 'boxes')).toEqual(['x', 'y']);
  expect(inputs(values, 'none')).toEqual([]);
  expect(input(values, 'person')).toBe('U1');
  expect(inputs(values, 'people')).toEqual(['U1', 'U2']);
  expect(input(values, 'day')).toBe('2026-11-22');
  expect(input(values, 'missing')).toBeNull();
});

test('payloads of any shape are read without a fault', () => {
  for (const body of [null, undefined, 1, 'x', [], {}, { user: 5, team: 'x', channel: [] }]) {
    expect(readIncoming(body, []).user.userId).toBe('');
  }
  expect(
    readIncoming({ team: { id: 'T1' }, user: { id: 'U1', team_id: 'T2' }, event_id: 'Ev1' }, ['signature:x']),
  ).toMatchObject({
    teamId: 'T1',
    user: { teamId: 'T2', userId: 'U1' },
    keys: ['signature:x', 'event:Ev1'],
  });
});

test('only Slack’s own addresses are called', () => {
  const api = 'https://slack.com/api/';
  expect(isSlackAddress('https://hooks.slack.com/commands/1', api)).toBe(true);
  expect(isSlackAddress('https://files.slack.com/upload/1', api)).toBe(true);
  expect(isSlackAddress('http://127.0.0.1:3000/slack/response/1', 'http://127.0.0.1:3000/slack/api/')).toBe(
    true,
  );
  for (const url of [
    'http://hooks.slack.com/x',
    'https://slack.com.evil.example/x',
    'https://evilslack.com/x',
    'https://hooks.slack.com:8443/x',
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
    '',
  ]) {
    expect(isSlackAddress(url, api)).toBe(false);
  }
});

test('a cached answer is shared, ends with its age or an event, and a failure is not kept', async () => {
  let time = 0;
  let asked = 0;
  const cache = createFreshCache<number>({ maxAgeMs: 60_000, now: () => time });
  const ask = (): Promise<number> => Promise.resolve((asked += 1));
  expect(await Promise.all([cache.get('a', ask), cache.get('a', ask)])).toEqual([1, 1]);
  time = 59_999;
  expect(await cache.get('a', ask)).toBe(1);
  time = 60_000;
  expect(await cache.get('a', ask)).toBe(2);
  cache.forget('a');
  expect(await cache.get('a', ask)).toBe(3);
  await expect(cache.get('b', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await cache.get('b', ask)).toBe(4);
});

test('a request that never left had no effect; one without an answer may have had', () => {
  const failed = (code: string): CodedError =>
    classifySlackError(
      { code: 'slack_webapi_request_error', original: { cause: { code } } },
      'chat.postMessage',
    );
  expect(failed('ECONNREFUSED').code).toBe('unavailable');
  expect(hadNoEffect(failed('ECONNREFUSED'))).toBe(true);
  expect(failed('ECONNRESET').code).toBe('ambiguous');
  expect(hadNoEffect(failed('ECONNRESET'))).toBe(false);
  expect(hadNoEffect(new Error('anything'))).toBe(false);
  expect(
    classifySlackError({ code: 'slack_webapi_rate_limited_error', retryAfter: 7 }, 'chat.update'),
  ).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 7 });
});

test('an id that two listeners claim stops the start', () => {
  const press = (): Promise<object> => Promise.resolve({});
  const claim = (name: string) => defineListener({ name, actions: { 'x.press': press } });
  expect(() => registerListeners([claim('one'), claim('two')])).toThrow(
    'actions x.press is claimed by one and two',
  );
});
