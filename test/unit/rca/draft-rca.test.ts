import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { beforeAll, describe, expect, it } from 'vitest';
import { draftRca, MISSING } from '../../../src/rca/draft-rca.ts';
import { formatInstant } from '../../../src/rca/format-instant.ts';
import { after, alert, execution, facts, incident, MIRA, START } from './facts.ts';

let rca = '';
let note = '';

beforeAll(async () => {
  const folder = new URL('../../../playbooks/templates/', import.meta.url);
  [rca, note] = await Promise.all([
    readFile(new URL('rca.md', folder), 'utf8'),
    readFile(new URL('short-note.md', folder), 'utf8'),
  ]);
});

const parse = (markdown: string): ReturnType<typeof fromMarkdown> =>
  fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });

type Node = {
  readonly type: string;
  readonly children?: readonly Node[];
  readonly value?: string;
  readonly url?: string;
};

function all(node: Node, type: string): readonly Node[] {
  const inside = (node.children ?? []).flatMap((child) => all(child, type));
  return node.type === type ? [node, ...inside] : inside;
}

function text(node: Node): string {
  return node.value ?? (node.children ?? []).map(text).join('');
}

/** The body of the table under a heading, as texts. */
function table(markdown: string, heading: string): readonly (readonly string[])[] {
  const nodes: readonly Node[] = parse(markdown).children;
  const at = nodes.findIndex((node) => node.type === 'heading' && text(node) === heading);
  const found = nodes.slice(at + 1).find((node) => node.type === 'table');
  return (found?.children ?? []).slice(1).map((row) => (row.children ?? []).map(text));
}

describe('the document of a P0', () => {
  it('has every section and field that a root cause analysis needs', async () => {
    const { markdown, kind } = await draftRca(rca, facts());
    expect(kind).toBe('rca');
    const headings = all(parse(markdown), 'heading').map(text);
    expect(headings).toEqual([
      'Root cause analysis: INC-42 ServiceDown: checkout',
      'Summary',
      'Timeline',
      'Alerts',
      'Actions on production',
      'Root cause',
      'What happened',
      'Why it happened',
      'Resolution',
      'What was done at once',
      'What will prevent it',
      'Steps not taken',
      'Lessons',
      'What went well',
      'What could be better',
      'Follow-up',
    ]);
    const fields = all(parse(markdown), 'strong').map(text);
    expect(fields).toEqual([
      'Date',
      'Duration',
      'Severity',
      'Impact',
      'Services affected',
      'Users affected',
      'Commander',
      'Technical cause',
      'Process failures',
      'Contributing factors',
    ]);
  });

  it('fills what facts can fill', async () => {
    const { markdown } = await draftRca(rca, facts());
    const plain = text(parse(markdown));
    expect(plain).toContain('Duration: 1 h 5 min');
    expect(plain).toContain('Date: 2026-01-31 14:00:00 UTC');
    expect(plain).toContain('Severity: P0');
    expect(plain).toContain('Impact: Nobody could pay');
    expect(plain).toContain('Services affected: The checkout');
    expect(plain).toContain('Users affected: all, about 3000');
    expect(plain).toContain('Technical cause: A leak in the session cache');
    expect(table(markdown, 'Timeline')[1]).toEqual([
      '2026-01-31 14:03:00 UTC',
      'Ana acknowledged and took command.',
      'Ana',
    ]);
    expect(table(markdown, 'Alerts')).toEqual([
      ['ServiceDown', 'checkout', '2026-01-31 14:00:00 UTC', '2026-01-31 15:00:00 UTC', '4'],
    ]);
    expect(table(markdown, 'Actions on production')).toEqual([
      [
        'Restart checkout (prod)',
        'Ana',
        'Mira',
        '2026-01-31 14:15:00 UTC',
        'succeeded: All 3 replicas are new and healthy.',
      ],
    ]);
    expect(table(markdown, 'Follow-up')).toEqual([
      ['Bound the cache', 'Mira', '2026-02-07', 'open'],
      ['Alert on memory', 'nobody yet', 'no date yet', 'open'],
    ]);
    expect(plain).toContain('Check recent deployments: skipped by Ana');
  });

  it('says who decided, also a denial, glass that was broken, and what was done by hand', async () => {
    const breakGlassUses = [{ executionId: 'e1', reasonCode: 'no-approver' as const, reviewedBy: MIRA }];
    const executions = [
      execution({ state: 'denied', approvedBy: [], endedBy: { teamId: 'T1', userId: 'U0MIRA' } }),
      execution({ mode: 'break-glass', approvedBy: [{ teamId: 'T1', userId: 'U0ANA', personId: 'ana' }] }),
      execution({ state: 'expired', approvedBy: [] }),
      execution({ state: 'by-hand', approvedBy: [], outcome: 'kubectl by Ana' }),
    ];
    const { markdown } = await draftRca(rca, facts({ executions, breakGlassUses }));
    expect(table(markdown, 'Actions on production').map((row) => row[2])).toEqual([
      'Mira (denied)',
      'Ana alone (break-glass: No approver answers; reviewed by Mira)',
      'nobody',
      'nobody',
    ]);
    expect(text(parse(markdown))).toContain('Restart checkout (prod) (by hand)');
  });

  it('marks what nobody said, names it first, and invents nothing', async () => {
    const { markdown, missing } = await draftRca(
      rca,
      facts({
        resolution: null,
        followUps: [],
        executions: [],
        alerts: [],
        skippedSteps: [],
        timeline: [],
        serviceName: null,
      }),
    );
    expect(missing).toEqual([
      'impact',
      'users affected',
      'root cause',
      'services affected',
      'process failures',
      'contributing factors',
      'what went well',
      'what could be better',
    ]);
    expect(markdown).toContain(`Still to be written by a person: ${missing.join(', ')}.`);
    expect(markdown.split(MISSING)).toHaveLength(11);
    expect(markdown).not.toMatch(/undefined|null|NaN|\[object/);
  });

  it('lists only what is missing', async () => {
    const { missing } = await draftRca(rca, facts());
    expect(missing).toEqual([
      'process failures',
      'contributing factors',
      'what went well',
      'what could be better',
    ]);
  });
});

describe('the short note of a P2', () => {
  it('is short and has what is known', async () => {
    const calm = facts({ incident: { ...incident, severity: 'P2' } });
    const { markdown, kind, missing } = await draftRca(note, calm);
    expect(kind).toBe('short-note');
    expect(missing).toEqual([]);
    expect(all(parse(markdown), 'heading').map(text)).toEqual([
      'INC-42 ServiceDown: checkout',
      'What happened',
      'Follow-up',
    ]);
    expect(text(parse(markdown))).toContain('1 h 5 min, P2');
    expect(table(markdown, 'What happened')).toHaveLength(2);
    const unsaid = await draftRca(note, { ...calm, resolution: null });
    expect(unsaid.missing).toEqual(['impact', 'users affected', 'root cause']);
  });
});

const HOSTILE = [
  'a | b | c |\n|---|---|\n| x',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '[click](javascript:alert(1)) ![x](http://evil.example/x.png)',
  '# Heading\n\n- [ ] item\n1. one\n> quote\n---\n```\ncode\n```',
  '- - - deep',
  '1. one',
  '<!-- hidden -->',
  '{{ 1 | plus: 1 }}{% raw %}{% for i in (1..9) %}',
  '\\| back \\\\| slash',
  '[ref]: http://evil.example',
  '[^1] ~~gone~~ **bold** `code` _it_ $x$',
  '&lt;b&gt; &#124; &vert;',
  '\u202egnp.exe\u0000\u0007',
  '===',
  '+ plus',
];

describe('hostile text', () => {
  it.each(HOSTILE)('cannot break the document: %j', async (evil) => {
    const hostile = facts({
      incident: { ...incident, title: evil },
      serviceName: evil,
      resolution: {
        impact: evil,
        usersAffected: evil,
        rootCause: evil,
        resolvedBy: { teamId: 'T', userId: 'U' },
        overrideReason: null,
        at: START,
      },
      alerts: [alert({ name: evil, service: evil })],
      executions: [execution({ outcome: evil })],
      timeline: [{ at: START, event: evil, actor: evil }],
      skippedSteps: [evil],
      followUps: [
        { id: 'f', action: evil, owner: { teamId: 'T', userId: evil }, dueOn: null, status: 'open' },
      ],
    });
    for (const template of [rca, note]) {
      const [clean, dirty] = await Promise.all([
        draftRca(
          template,
          facts({
            timeline: hostile.timeline.map((one) => ({ ...one, event: 'x', actor: 'y' })),
            followUps: [{ id: 'f', action: 'a', owner: null, dueOn: null, status: 'open' }],
          }),
        ),
        draftRca(template, hostile),
      ]);
      expect(shape(parse(dirty.markdown))).toEqual(shape(parse(clean.markdown)));
    }
  });

  it('holds for random text in every place of a table', async () => {
    const nasty = fc.string({
      unit: fc.constantFrom(
        '|',
        '\n',
        '\\',
        '<',
        '>',
        '[',
        ']',
        '(',
        ')',
        '`',
        '*',
        '_',
        '#',
        '-',
        ' ',
        'a',
        '!',
        '~',
        '{',
        '}',
        '%',
        '&',
        ';',
        ':',
      ),
    });
    await fc.assert(
      fc.asyncProperty(nasty, nasty, async (event, actor) => {
        const { markdown } = await draftRca(rca, facts({ timeline: [{ at: START, event, actor }] }));
        const part = markdown.slice(markdown.indexOf('## Timeline'), markdown.indexOf('## Alerts'));
        const rows = table(part, 'Timeline');
        expect(rows.map((row) => row.length)).toEqual([3]);
        expect([...all(parse(part), 'html'), ...all(parse(part), 'link')]).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

/** Types of all nodes without texts: what a document is built of. Links are of addresses that stand there as text. */
function shape(node: Node): unknown {
  if (node.type === 'text' || node.type === 'link') return undefined;
  const children = (node.children ?? []).map(shape).filter((child) => child !== undefined);
  return children.length === 0 ? node.type : [node.type, ...children];
}

describe('times', () => {
  it.each([
    ['an end before the start', after(65), START],
    ['the year 1', new Date('0001-01-01T00:00:00Z'), after(65)],
    ['the year 2099', new Date('2099-01-01T00:00:00Z'), after(65)],
    ['the end of time', new Date(8.64e15), START],
  ])('%s never gives a negative duration', async (_case, startedAt, resolvedAt) => {
    const odd = facts({
      incident: { ...incident, startedAt, openedAt: START, resolvedAt },
      alerts: [alert({ startsAt: startedAt, endsAt: new Date('0001-01-01T00:00:00Z') })],
    });
    for (const template of [rca, note]) {
      const { markdown } = await draftRca(template, odd);
      expect(markdown).not.toMatch(/-\d+ (s|min|h|d)\b/);
      expect(markdown).not.toMatch(/NaN|Invalid/);
    }
  });

  it('are in UTC, with the zone of the team behind it', () => {
    expect(formatInstant(START, 'UTC')).toBe('2026-01-31 14:00:00 UTC');
    expect(formatInstant(START, 'Europe/Berlin')).toBe(
      '2026-01-31 14:00:00 UTC (2026-01-31 15:00:00 Europe/Berlin)',
    );
  });
});

describe('a template', () => {
  it('that loops is cut', async () => {
    const began = performance.now();
    const loops = '{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}';
    await expect(draftRca(loops, facts())).rejects.toMatchObject({ code: 'config' });
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it.each(['{{ nobody.knows }}', '{{ incident.constructor }}', '{% include "/etc/passwd" %}', '{% if %}'])(
    'that asks for what is not there is refused: %s',
    async (template) => {
      await expect(draftRca(template, facts())).rejects.toMatchObject({ code: 'config' });
    },
  );

  it('takes a storm: 1,000 rows of 2,000 characters', async () => {
    const event = 'é|'.repeat(1_000);
    const timeline = Array.from({ length: 1_000 }, () => ({ at: START, event, actor: 'Ana' }));
    const { markdown } = await draftRca(rca, facts({ timeline }));
    expect(markdown.match(/^\| 2026-01-31 14:00:00 UTC \| é/gm)).toHaveLength(1_000);
  });
});
