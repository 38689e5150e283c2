import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slugOf } from '../../../src/alerts/slug.ts';
import { channelName } from '../../../src/incidents/channel-name.ts';

test.each([
  ['User Profile Service is down', 'inc-7-user-profile-service-is-down'],
  ['Überlauf: 100 % / Größe', 'inc-7-uberlauf-100-gro-e'],
  ['日本語', 'inc-7-incident'],
  ['   ---   ', 'inc-7-incident'],
  ['<!channel> & <@U1>', 'inc-7-channel-u1'],
])('%s becomes #%s', (title, expected) => {
  expect(channelName({ number: 7, slug: slugOf(title) }, 0)).toBe(expected);
});

test('suffixes count from two', () => {
  const incident = { number: 7, slug: 'x' };
  expect([0, 1, 2].map((suffix) => channelName(incident, suffix))).toEqual([
    'inc-7-x',
    'inc-7-x-2',
    'inc-7-x-3',
  ]);
});

test('any title gives a name that Slack takes, with number and suffix whole', () => {
  const title = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.string({ maxLength: 300 }),
  );
  fc.assert(
    fc.property(
      title,
      fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      fc.nat({ max: 99 }),
      fc.boolean(),
      (text, number, suffix, raw) => {
        const name = channelName({ number, slug: raw ? text : slugOf(text) }, suffix);
        expect(name).toMatch(/^inc-\d+(-[a-z0-9]+)*$/);
        expect(name.length).toBeLessThanOrEqual(80);
        expect(name.startsWith(`inc-${number}`)).toBe(true);
        expect(suffix === 0 || name.endsWith(`-${suffix + 1}`)).toBe(true);
      },
    ),
    { numRuns: 5_000 },
  );
});
