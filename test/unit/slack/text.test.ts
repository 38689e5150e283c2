import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  channelLink,
  code,
  dateToken,
  escapeText,
  link,
  mention,
  mentionGroup,
  safeUrl,
  truncate,
  visibleText,
} from '../../../src/slack/text.ts';

/** Pieces that have hurt others: tokens, entities, directions, zero widths, marks, runs of emoji. */
const HOSTILE = [
  '<!channel>',
  '<!here>',
  '<!everyone>',
  '<!subteam^S0MANAGERS>',
  '<@U0ANA>',
  '<#C0GENERAL>',
  '<https://evil.example|https://good.example>',
  '&lt;!channel&gt;',
  '&amp;',
  '<',
  '>',
  '&',
  '|',
  '`',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\u0000',
  '\u001b[31m',
  '\ud83d\ude00'.repeat(1_000),
  'a\u0301'.repeat(3) + '\u0301'.repeat(50),
  '\ud800',
  '\n',
  '@channel',
  'https://example.com',
] as const;

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 20 })), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

/** The tokens that Slack would see. */
const tokens = (text: string): readonly string[] => text.match(/<[^>]*>/g) ?? [];

const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

test('B5: foreign text holds no token, and nothing unseen, however it is made', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const escaped = escapeText(text);
      expect(tokens(escaped)).toEqual([]);
      expect(escaped).not.toMatch(/[<>]/);
      expect(escaped.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
      expect(escaped).not.toMatch(UNSEEN);
      expect(escaped.isWellFormed()).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test('B5: escaping happens once: what was escaped reads as it was typed', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 50 }), (text) => {
      const shown = escapeText(text).replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
      expect(shown).toBe(visibleText(text));
    }),
  );
  expect(escapeText('&lt;!channel&gt;')).toBe('&amp;lt;!channel&amp;gt;');
});

test('B5: our own tokens are the only ones, whatever ids and labels say', () => {
  fc.assert(
    fc.property(hostile, hostile, (id, label) => {
      for (const token of [mention({ userId: id }), mentionGroup(id), channelLink(id)]) {
        for (const one of tokens(token)) expect(one).toMatch(/^<(@[UW]|!subteam\^S|#[CGD])[A-Z0-9]+>$/);
      }
      const linked = link('https://example.com/a?b=1&c=<2>|3', label);
      expect(tokens(linked).length).toBe(1);
      expect(linked.endsWith('>')).toBe(true);
      expect(tokens(code(label))).toEqual([]);
      expect(code(label).slice(1, -1)).not.toContain('`');
    }),
    { numRuns: 1_000 },
  );
});

test('a run of one emoji or of marks does not flood a card', () => {
  expect(escapeText('\ud83d\ude00'.repeat(1_000)).length).toBeLessThan(20);
  expect(escapeText(`a${'\u0301'.repeat(200)}`).length).toBeLessThan(8);
});

test('ordinary text of all the world stays as it is', () => {
  for (const text of [
    'Grüße, 世界! Привет',
    'שלום',
    'line one\nline two\tend',
    '5 % of 1,000 € — “done”',
    '❤️ 👍🏽',
  ]) {
    expect(visibleText(text)).toBe(text);
  }
});

test('links are http and https only, without passwords, and labels are no other address', () => {
  expect(safeUrl('https://example.com/a')).toBe('https://example.com/a');
  for (const url of [
    'javascript:alert(1)',
    'slack://x',
    'data:text/html,x',
    'https://a:b@example.com',
    'nothing',
    '',
  ]) {
    expect(safeUrl(url)).toBeUndefined();
    expect(tokens(link(url, 'label'))).toEqual([]);
  }
  expect(link('https://evil.example/x', 'https://good.example')).toBe(
    '<https://evil.example/x|evil.example>',
  );
});

test('cutting keeps the limit, and cuts no character, entity or token in two', () => {
  fc.assert(
    fc.property(hostile, fc.nat(120), (text, length) => {
      const cut = truncate(`${escapeText(text)} ${mention({ userId: 'U0ANA' })}`, length);
      expect(cut.length).toBeLessThanOrEqual(length);
      expect(cut.isWellFormed()).toBe(true);
      expect(cut.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
      expect(cut.replace(/<@U0ANA>/g, '')).not.toMatch(/[<>]/);
    }),
    { numRuns: 1_000 },
  );
});

test('a time is shown in the reader’s zone, with UTC behind it', () => {
  expect(dateToken(new Date('2026-11-22T02:03:04Z'), 'time')).toBe(
    '<!date^1795312984^{time}|2026-11-22 02:03 UTC>',
  );
});
