import type { Block, InputBlock, KnownBlock, ModalView } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { blockProblems, exceedsTextSum } from '../../../../sandbox/slack/blocks/validate-blocks.ts';
import type { ModalValue, ModalValues } from '../../../../src/slack/modal-values.ts';
import { rcaMessage } from '../../../../src/slack/views/rca-message.ts';
import { parseResolve, resolveModal } from '../../../../src/slack/views/resolve-modal.ts';
import type { ResolveForm } from '../../../../src/slack/views/resolve-modal.ts';
import { incident } from '../../rca/facts.ts';

const HUGE = '<!channel> & <https://evil.example|checkout> *bold*\n'.repeat(60).slice(0, 3_000);
const open = { ...incident, status: 'monitoring' as const };

/** The inputs of a form, as what Slack reads. */
const inputsOf = (view: ModalView): readonly InputBlock[] =>
  view.blocks.flatMap((block) => (isInput(block) ? [block] : []));
const isInput = (block: KnownBlock | Block): block is InputBlock => block.type === 'input';

const values = (typed: Record<string, string>): ModalValues =>
  new Map(
    Object.entries(typed).map(([id, value]): [string, ModalValue] => [id, { value, selected: [value] }]),
  );

const FULL = {
  impact: 'Nobody could pay',
  'users-affected': 'all',
  'root-cause': 'a leak',
  override: 'the alert is broken',
  'follow-up-1-action': 'Bound the cache',
  'follow-up-1-owner': 'U0MIRA',
  'follow-up-1-due': '2026-02-07',
  'follow-up-3-action': 'Alert on memory',
};

describe('the form that resolves', () => {
  it('asks impact, users, root cause and three follow-ups; no reason while nothing blocks', () => {
    const view = resolveModal({ incident: open, blockers: [] });
    expect(blockProblems(view.blocks, 'modal', '/view/blocks')).toEqual([]);
    expect(view.private_metadata).toBe('i1');
    const inputs = inputsOf(view);
    expect(inputs.map((block) => block.block_id)).toEqual([
      'impact',
      'users-affected',
      'root-cause',
      ...[1, 2, 3].flatMap((n) => [`follow-up-${n}-action`, `follow-up-${n}-owner`, `follow-up-${n}-due`]),
    ]);
    expect(inputs.filter((block) => block.optional !== true).map((block) => block.block_id)).toEqual([
      'impact',
    ]);
    expect(inputs.map((block) => block.element.type)).toContain('users_select');
    expect(inputs.map((block) => block.element.type)).toContain('datepicker');
  });

  it('names what blocks, and needs a reason then', () => {
    const view = resolveModal({
      incident: open,
      blockers: [{ what: 'Restart checkout (prod) is still running' }],
    });
    expect(JSON.stringify(view.blocks)).toContain('Restart checkout (prod) is still running');
    const reason = view.blocks.find((block) => block.block_id === 'override');
    expect(reason).toMatchObject({ type: 'input', optional: false });
  });

  it('is valid with the worst input, and escapes it', () => {
    const typed: ResolveForm = {
      words: {
        impact: HUGE.slice(0, 2_000),
        usersAffected: HUGE.slice(0, 300),
        rootCause: HUGE.slice(0, 2_000),
        followUps: [1, 2, 3].map(() => ({
          action: HUGE.slice(0, 300),
          owner: { teamId: 'T1', userId: 'U0MIRA' },
          dueOn: '2026-02-07',
        })),
      },
      overrideReason: HUGE.slice(0, 300),
    };
    const blockers = Array.from({ length: 60 }, () => ({ what: HUGE }));
    const view = resolveModal({ incident: { ...open, title: HUGE }, blockers, typed });
    expect(blockProblems(view.blocks, 'modal', '/view/blocks')).toEqual([]);
    const sections = view.blocks.filter((block) => block.type === 'section');
    expect(JSON.stringify(sections)).not.toMatch(/<!channel>|<https?:/);
    expect(JSON.stringify(sections)).toContain('and 50 more');
  });

  it('gives what was typed, and comes back with it', () => {
    const form = parseResolve(values(FULL), 'T1');
    expect(form).toEqual({
      words: {
        impact: 'Nobody could pay',
        usersAffected: 'all',
        rootCause: 'a leak',
        followUps: [
          { action: 'Bound the cache', owner: { teamId: 'T1', userId: 'U0MIRA' }, dueOn: '2026-02-07' },
          { action: 'Alert on memory', owner: null, dueOn: null },
        ],
      },
      overrideReason: 'the alert is broken',
    });
    if ('errors' in form) throw new Error('not a form');
    const again = JSON.stringify(resolveModal({ incident: open, blockers: [{ what: 'x' }], typed: form }));
    for (const text of [
      'Nobody could pay',
      'a leak',
      'the alert is broken',
      'U0MIRA',
      '2026-02-07',
      'Alert on memory',
    ]) {
      expect(again).toContain(text);
    }
  });

  it('takes an unknown root cause, blank or not there', () => {
    expect(parseResolve(values({ impact: 'x', 'root-cause': '  ' }), 'T1')).toMatchObject({
      words: { rootCause: null, usersAffected: null, followUps: [] },
      overrideReason: null,
    });
  });

  it.each([
    [{ impact: '  ' }, 'impact'],
    [{ impact: 'x', 'follow-up-2-owner': 'U0MIRA' }, 'follow-up-2-action'],
    [{ impact: 'x', 'follow-up-2-due': '2026-02-07' }, 'follow-up-2-action'],
    [{ impact: 'x', 'follow-up-1-action': 'y', 'follow-up-1-due': '2026-13-45' }, 'follow-up-1-due'],
    [{ impact: 'x', 'follow-up-1-action': 'y', 'follow-up-1-due': "x'; drop" }, 'follow-up-1-due'],
    [{ impact: 'x', 'follow-up-1-action': 'y', 'follow-up-1-owner': '<!channel>' }, 'follow-up-1-owner'],
  ])('says under the input what is wrong: %j', (typed, block) => {
    const form = parseResolve(values(typed), 'T1');
    expect('errors' in form ? Object.keys(form.errors) : []).toEqual([block]);
  });
});

describe('the message of the RCA', () => {
  it('says how long, how severe, what is missing, and that the document is attached', () => {
    const message = rcaMessage({ incident, rca: { kind: 'rca', missing: ['root cause', 'what went well'] } });
    expect(message.text).toBe(
      'Root cause analysis of INC-42: P0, lasted 1 h 5 min. Still to be written by people: root cause, what went well. The document is attached as inc-42-rca.md.',
    );
    expect(blockProblems(message.blocks, 'message', '/blocks')).toEqual([]);
  });

  it('is valid for a short note without gaps, and for endless ones', () => {
    const note = rcaMessage({ incident, rca: { kind: 'short-note', missing: [] } });
    expect(note.text).toContain('Short note of INC-42: P0, lasted 1 h 5 min. Every field is filled.');
    const worst = rcaMessage({
      incident,
      rca: { kind: 'rca', missing: Array.from({ length: 50 }, () => HUGE) },
    });
    expect(blockProblems(worst.blocks, 'message', '/blocks')).toEqual([]);
    expect(exceedsTextSum(worst.blocks)).toBe(false);
    expect(JSON.stringify(worst)).not.toMatch(/<!channel>|<https?:/);
  });
});
