import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { formatDateToken } from '../../../sandbox/page/client/date-token.ts';
import { parseMarkdown } from '../../../sandbox/page/client/markdown.ts';
import {
  decodeEntities,
  escapeText,
  parseInline,
  parseMrkdwn,
  safeUrl,
} from '../../../sandbox/page/client/mrkdwn.ts';
import type { Inline } from '../../../sandbox/page/client/mrkdwn.ts';

const text = (words: string): Inline => ({ type: 'text', text: words });

describe('mrkdwn as Slack reads it', () => {
  test('bold, italic, strike and code', () => {
    expect(parseInline('a *b* _c_ ~d~ `e*f*`')).toEqual([
      text('a '),
      { type: 'bold', children: [text('b')] },
      text(' '),
      { type: 'italic', children: [text('c')] },
      text(' '),
      { type: 'strike', children: [text('d')] },
      text(' '),
      { type: 'code', children: [text('e*f*')] },
    ]);
  });

  test('spans may stand in each other', () => {
    expect(parseInline('*a _b_*')).toEqual([
      { type: 'bold', children: [text('a '), { type: 'italic', children: [text('b')] }] },
    ]);
  });

  test.each(['2 * 3 * 4', 'snake_case_name', 'a*b*c', '* not bold *', '**', '__', '`', '~ ~'])(
    '%s is plain',
    (words) => {
      expect(parseInline(words)).toEqual([text(words)]);
    },
  );

  test('people, channels, groups and everyone', () => {
    expect(
      parseInline('<@U0ANA> <#C1|inc-1> <!subteam^S0ONCALL|@oncall> <!here>').filter(
        (node) => node.type !== 'text',
      ),
    ).toEqual([
      { type: 'user', id: 'U0ANA', label: null },
      { type: 'channel', id: 'C1', label: 'inc-1' },
      { type: 'group', id: 'S0ONCALL', label: '@oncall' },
      { type: 'broadcast', range: 'here' },
    ]);
  });

  test('links, with and without a label, and bare addresses up to their punctuation', () => {
    expect(parseInline('<https://a.test/x?y=1&amp;z=2|read me>')).toEqual([
      { type: 'link', url: 'https://a.test/x?y=1&z=2', children: [text('read me')] },
    ]);
    expect(parseInline('see https://a.test/x.')).toEqual([
      text('see '),
      { type: 'link', url: 'https://a.test/x', children: [text('https://a.test/x')] },
      text('.'),
    ]);
  });

  test('date tokens keep what they need to be written in the reader’s zone', () => {
    expect(parseInline('<!date^1795312800^{date_short_pretty} at {time}|then>')).toEqual([
      {
        type: 'date',
        epoch: 1_795_312_800,
        format: '{date_short_pretty} at {time}',
        url: null,
        fallback: 'then',
      },
    ]);
  });

  test('fences, quotes and lines', () => {
    expect(parseMrkdwn('one\n&gt; two\n&gt; three\n```\n*raw* &lt;b&gt;\n```\nfour')).toEqual([
      { type: 'paragraph', children: [text('one')] },
      { type: 'quote', children: [text('two'), { type: 'break' }, text('three')] },
      { type: 'pre', children: [text('*raw* <b>')] },
      { type: 'paragraph', children: [text('four')] },
    ]);
  });

  test('emoji shortcodes, but not times', () => {
    expect(parseInline(':fire: at 10:30:00')).toEqual([
      { type: 'emoji', name: 'fire' },
      text(' at 10:30:00'),
    ]);
  });
});

describe('hostile text', () => {
  test('entities are decoded once', () => {
    expect(parseInline('&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;')).toEqual([
      text('<script>alert(1)</script> &lt;'),
    ]);
    expect(decodeEntities('&amp;amp;')).toBe('&amp;');
  });

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,<b>',
    'vbscript:x',
    'file:///etc/passwd',
    '//evil.test/x',
    '/\\evil.test',
    'https://a b',
    'blob:https://a',
    '',
  ])('%s is never an address', (url) => {
    expect(safeUrl(url)).toBeNull();
    expect(linksOf(parseInline(`<${url}|click>`))).toEqual([]);
  });

  test('what a person types cannot mention, link or open a token', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('<>&|@#!^U0A*_~`: abc;lt')), maxLength: 60 }),
        (typed) => {
          const nodes = flat(parseMrkdwn(escapeText(typed)).flatMap((paragraph) => paragraph.children));
          expect(
            nodes.some((node) =>
              ['user', 'channel', 'group', 'broadcast', 'date', 'link'].includes(node.type),
            ),
          ).toBe(false);
        },
      ),
    );
  });

  test('nothing of plain words is lost or made up, whatever the marks', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ab <>&;')), maxLength: 80 }), (typed) => {
        const shown = flat(parseMrkdwn(escapeText(typed)).flatMap((paragraph) => paragraph.children))
          .map((node) => (node.type === 'text' ? node.text : ''))
          .join('');
        const quoted = typed.startsWith('>') ? typed.replace(/^> ?/, '') : typed;
        expect(shown).toBe(quoted);
      }),
    );
  });

  test('any string is read, quickly', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        (any) => Array.isArray(parseMrkdwn(any)) && Array.isArray(parseMarkdown(any)),
      ),
    );
    const started = performance.now();
    for (const piece of ['*a ', '_', '`', '<', '~x', '[a](', '**', ':a', '&lt;', '```', '> ', '| a |\n']) {
      parseMrkdwn(piece.repeat(1000));
      parseMarkdown(piece.repeat(1000));
    }
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('Markdown files', () => {
  test('headings, tasks, tables and code', () => {
    expect(
      parseMarkdown(
        '# RCA\n\n- [x] done\n- [ ] open\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n```\n<b>\n```',
      ),
    ).toEqual([
      { type: 'heading', level: 1, children: [text('RCA')] },
      {
        type: 'list',
        ordered: false,
        items: [
          { children: [text('done')], depth: 0, checked: true },
          { children: [text('open')], depth: 0, checked: false },
        ],
      },
      {
        type: 'table',
        head: [[text('a')], [text('b')]],
        rows: [[[text('1')], [{ type: 'bold', children: [text('2')] }]]],
      },
      { type: 'code', text: '<b>' },
    ]);
  });

  test('a link of another scheme stays words', () => {
    expect(parseMarkdown('[x](javascript:alert)')).toEqual([{ type: 'paragraph', children: [text('x')] }]);
  });
});

describe('date tokens', () => {
  const now = new Date('2026-11-22T14:05:00Z');
  const at = Date.parse('2026-11-22T14:03:09Z') / 1000;
  const options = { now, timeZone: 'UTC' };

  test.each([
    ['{date_short_pretty} at {time}', 'today at 14:03'],
    ['{date_num} {time_secs}', '2026-11-22 14:03:09'],
    ['{date_short}', '22 Nov 2026'],
    ['{ago}', '1 minute ago'],
  ])('%s', (format, expected) => {
    expect(formatDateToken(at, format, options)).toBe(expected);
  });

  test('yesterday and tomorrow go by the reader’s calendar', () => {
    expect(formatDateToken(at - 86_400, '{date_pretty}', options)).toBe('yesterday');
    expect(formatDateToken(at + 86_400, '{date_long_pretty}', options)).toBe('tomorrow');
  });

  test('an unknown placeholder leaves it to the fallback', () => {
    expect(formatDateToken(at, '{nonsense}', options)).toBeNull();
    expect(formatDateToken(1e14, '{date}', options)).toBeNull();
  });
});

function flat(nodes: readonly Inline[]): Inline[] {
  return nodes.flatMap((node) => ('children' in node ? [node, ...flat(node.children)] : [node]));
}

function linksOf(nodes: readonly Inline[]): Inline[] {
  return flat(nodes).filter((node) => node.type === 'link');
}
