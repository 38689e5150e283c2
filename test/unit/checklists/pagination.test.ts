import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newChecklist } from '../../../src/checklists/new-checklist.ts';
import { paginate, PAGE_LIMITS, shorten } from '../../../src/checklists/pagination.ts';
import type { ChecklistBlock } from '../../../src/checklists/pagination.ts';
import type { Checklist } from '../../../src/checklists/model.ts';
import type { Playbook } from '../../../src/checklists/playbook/model.ts';
import { playbookOf } from './playbook-of.ts';

const START = new Date(0);

function blocksOf(
  playbook: Playbook,
  items: Checklist['items'] = newChecklist(playbook, 'c', START).items,
): ChecklistBlock[] {
  return paginate(playbook, items).flatMap(({ blocks }) => blocks);
}

function withState(playbook: Playbook, stepId: string, state: 'done' | 'skipped'): Checklist['items'] {
  const { items } = newChecklist(playbook, 'c', START);
  const item = items.get(stepId);
  if (item === undefined) throw new Error('no step');
  return new Map(items).set(stepId, { ...item, state });
}

describe('shorten', () => {
  it('leaves what fits and cuts at a word', () => {
    expect(shorten('a'.repeat(75))).toBe('a'.repeat(75));
    expect(shorten('Ask the database owner whether a failover to the other region is planned today')).toBe(
      'Ask the database owner whether a failover to the other region is planned…',
    );
  });

  it('cuts a word only when there is no other way', () => {
    expect(shorten('x'.repeat(100))).toBe(`${'x'.repeat(74)}…`);
  });

  it('never passes the limit, also when Slack writes entities, and never breaks a character', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '&', '<', '👩‍🚒', 'é', '日'), maxLength: 200 });
    fc.assert(
      fc.property(text, (value) => {
        const short = shorten(value);
        const escaped = short.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
        expect(escaped.length).toBeLessThanOrEqual(75);
        expect(short.isWellFormed()).toBe(true);
        expect(short === value || value.startsWith(short.slice(0, -1))).toBe(true);
      }),
    );
  });
});

describe('paginate', () => {
  it('shows the current phase and what runs throughout in full, the others as a line', () => {
    const playbook = playbookOf('## A (0-5 min)\n- [ ] a\n## B (5-9 min)\n- [ ] b\n## C\n- [ ] c\n');
    expect(
      blocksOf(playbook).map((block) =>
        block.kind === 'phase' ? [block.progress.phase.title, block.unfolded] : block.kind,
      ),
    ).toEqual([['A', true], 'boxes', ['B', false], ['C', true], 'boxes']);
  });

  it('groups by ten, always the same steps together', () => {
    const playbook = playbookOf(`## A\n${'- [ ] a\n'.repeat(23)}`);
    const sizes = (items?: Checklist['items']): unknown =>
      blocksOf(playbook, items).flatMap((block) =>
        block.kind === 'boxes' ? [[block.group, block.stepIds.length, block.options.length]] : [],
      );
    expect(sizes()).toEqual([
      [0, 10, 10],
      [1, 10, 10],
      [2, 3, 3],
    ]);
    expect(sizes(withState(playbook, 'a-2', 'skipped'))).toEqual([
      [0, 10, 9],
      [1, 10, 10],
      [2, 3, 3],
    ]);
  });

  it('gives the whole text of a shortened step, its notes and commands below, and its button', () => {
    const long = `Do ${'very '.repeat(20)}much`;
    const playbook = playbookOf(
      `## A\n- [ ] ${long}\n  - hint\n  - \`cmd\`\n- [ ] [Restart](action:restart)\n- [ ] plain\n`,
    );
    const details = blocksOf(playbook).flatMap((block) => (block.kind === 'detail' ? [block] : []));
    expect(
      details.map(({ step, lines }) => [step.action?.id, lines.map(({ kind, text }) => [kind, text])]),
    ).toEqual([
      [
        undefined,
        [
          ['text', long],
          ['note', 'hint'],
          ['command', 'cmd'],
        ],
      ],
      ['restart', []],
    ]);
  });

  it('shows a skipped step without a box, and drops the help of what is done', () => {
    const playbook = playbookOf('## A\n- [ ] a `x`\n  - hint\n- [ ] b\n');
    const skipped = blocksOf(playbook, withState(playbook, 'a-x', 'skipped'));
    expect(skipped).toMatchObject([
      { kind: 'phase' },
      { kind: 'boxes', options: [{ stepId: 'b' }] },
      { kind: 'detail', skipped: true },
    ]);
    expect(
      blocksOf(playbook, withState(playbook, 'a-x', 'done')).some((block) => block.kind === 'detail'),
    ).toBe(false);
  });

  it('keeps a heading and its boxes in one message', () => {
    const playbook = playbookOf('## A (0-5 min)\n- [ ] a\n## B\n- [ ] b\n## C\n- [ ] c\n');
    const { items } = newChecklist(playbook, 'c', START);
    const kinds = (blocks: number): string[][] =>
      paginate(playbook, items, { blocks, characters: 9999 }).map((page) =>
        page.blocks.map((block) => block.kind),
      );
    expect(kinds(6)).toEqual([['phase', 'boxes', 'phase', 'boxes', 'phase', 'boxes']]);
    expect(kinds(5)).toEqual([
      ['phase', 'boxes', 'phase', 'boxes'],
      ['phase', 'boxes'],
    ]);
    expect(kinds(2)).toEqual([
      ['phase', 'boxes'],
      ['phase', 'boxes'],
      ['phase', 'boxes'],
    ]);
  });

  it('goes on in another message within the limits, and loses no step', () => {
    const line = fc
      .record({
        text: fc.string({ unit: fc.constantFrom('word ', '&', '<b ', 'x'), minLength: 1, maxLength: 200 }),
        notes: fc.nat({ max: 4 }),
        long: fc.boolean(),
      })
      .map(
        ({ text, notes, long }) =>
          `- [ ] s${text.replaceAll(/\s+/g, ' ')}\n${'\n  note & more\n'.repeat(notes)}${long ? `\n      ${'&c'.repeat(900)}\n` : ''}`,
      );
    fc.assert(
      fc.property(
        fc.array(fc.array(line, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 6 }),
        (phases) => {
          const playbook = playbookOf(
            ['## First (0-5 min)\n- [ ] x', ...phases.map((steps) => `## P\n\n${steps.join('')}`)].join('\n'),
          );
          const pages = paginate(playbook, newChecklist(playbook, 'c', START).items);
          for (const page of pages) {
            expect(page.blocks.length).toBeLessThanOrEqual(PAGE_LIMITS.blocks);
            expect(page.characters).toBeLessThanOrEqual(PAGE_LIMITS.characters);
            expect(page.blocks[0]?.kind).toBe('phase');
          }
          const shown = pages.flatMap(({ blocks }) =>
            blocks.flatMap((block) =>
              block.kind === 'boxes' ? block.options.map(({ stepId }) => stepId) : [],
            ),
          );
          expect(shown).toEqual(playbook.phases.flatMap((phase) => phase.steps.map(({ id }) => id)));
        },
      ),
      { numRuns: 30 },
    );
  });
});
