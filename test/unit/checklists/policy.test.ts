import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checklist, ItemState } from '../../../src/checklists/model.ts';
import { foldChecklist, newChecklist } from '../../../src/checklists/new-checklist.ts';
import {
  currentPhase,
  nextDeadline,
  overdueSteps,
  phaseProgress,
  recurrences,
  unfoldedPhases,
  windowTimes,
} from '../../../src/checklists/policy.ts';
import { playbookOf } from './playbook-of.ts';

const START = new Date('2026-01-01T00:00:00Z');
const MINUTE = 60_000;

const P0 = playbookOf(
  '## One (0-5 minutes)\n- [ ] a\n- [ ] b\n## Two (5-15 minutes)\n- [ ] c\n## Three (30+ minutes)\n- [ ] e\n## Talk\n- [ ] d\n- [ ] update every 15 minutes `id:r`\n',
);
const MAINTENANCE = playbookOf(
  '## Before (T-1 week)\n- [ ] a\n## Day (T-1 day)\n- [ ] b\n## During\n- [ ] c\n',
);

function at(minutes: number): Date {
  return new Date(START.getTime() + minutes * MINUTE);
}

function withStates(
  checklist: Checklist,
  states: Readonly<Record<string, ItemState>>,
  lastDoneAt: Date | null = null,
): Checklist {
  const items = new Map(checklist.items);
  for (const [stepId, state] of Object.entries(states)) {
    const item = items.get(stepId);
    if (item !== undefined) items.set(stepId, { ...item, state, lastDoneAt });
  }
  return { ...checklist, items };
}

function fresh(): Checklist {
  return newChecklist(P0, 'c1', START);
}

describe('the current phase', () => {
  it('is the first with an open step; what runs throughout stands beside it', () => {
    const titles = (checklist: Checklist): string[] =>
      unfoldedPhases(P0, checklist.items).map(({ title }) => title);
    expect(titles(fresh())).toEqual(['One', 'Talk']);
    expect(titles(withStates(fresh(), { a: 'done' }))).toEqual(['One', 'Talk']);
    expect(titles(withStates(fresh(), { a: 'done', b: 'skipped' }))).toEqual(['Two', 'Talk']);
    expect(titles(withStates(fresh(), { a: 'done', b: 'done', c: 'done', e: 'done' }))).toEqual(['Talk']);
  });

  it('goes back when a step is opened again', () => {
    expect(currentPhase(P0, withStates(fresh(), { a: 'open', b: 'done', c: 'done' }).items)?.title).toBe(
      'One',
    );
  });

  it('comes in turn in a maintenance, also without a window', () => {
    const checklist = newChecklist(MAINTENANCE, 'c2', START);
    expect(unfoldedPhases(MAINTENANCE, checklist.items).map(({ title }) => title)).toEqual(['Before']);
    expect(currentPhase(MAINTENANCE, withStates(checklist, { a: 'done', b: 'done' }).items)?.title).toBe(
      'During',
    );
  });

  it('does not wait for a step that comes again', () => {
    const talk = P0.phases.find(({ title }) => title === 'Talk');
    if (talk === undefined) throw new Error('no phase');
    expect(phaseProgress(talk, withStates(fresh(), { d: 'done' }).items)).toMatchObject({
      open: 0,
      done: 1,
      skipped: 0,
    });
  });
});

describe('windows', () => {
  it('count from the start', () => {
    const times = P0.phases.map(({ window }) => (window === null ? null : windowTimes(window, START)));
    expect(times).toEqual([
      { opensAt: at(0), dueAt: at(5) },
      { opensAt: at(5), dueAt: at(15) },
      { opensAt: at(30), dueAt: null },
      null,
    ]);
  });

  it('count back to the start of a maintenance, each until the next', () => {
    const times = MAINTENANCE.phases.map(({ window }) =>
      window === null ? null : windowTimes(window, START),
    );
    expect(times).toEqual([
      { opensAt: at(-10_080), dueAt: at(-1440) },
      { opensAt: at(-1440), dueAt: START },
      null,
    ]);
  });
});

describe('overdue', () => {
  it.each([
    [4.9, []],
    [5, ['a', 'b']],
    [15, ['a', 'b', 'c']],
    [10_000, ['a', 'b', 'c']],
  ])('after %s minutes', (minutes, steps) => {
    expect(overdueSteps(P0, fresh(), at(minutes)).map(({ stepId }) => stepId)).toEqual(steps);
  });

  it('is nothing that is done, skipped or folded', () => {
    const ticked = withStates(fresh(), { a: 'done', b: 'skipped' });
    expect(overdueSteps(P0, ticked, at(60)).map(({ stepId }) => stepId)).toEqual(['c']);
    expect(overdueSteps(P0, foldChecklist(ticked, at(1)), at(60))).toEqual([]);
  });

  it('only grows with time', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 100 }),
        fc.nat({ max: 100 }),
        fc.subarray(['a', 'b', 'c']),
        (early, more, ticked) => {
          const checklist = withStates(
            fresh(),
            Object.fromEntries(ticked.map((id) => [id, 'done' as const])),
          );
          const before = overdueSteps(P0, checklist, at(early)).map(({ stepId }) => stepId);
          const later = overdueSteps(P0, checklist, at(early + more)).map(({ stepId }) => stepId);
          expect(later).toEqual(expect.arrayContaining(before));
          expect(later.some((id) => ticked.includes(id))).toBe(false);
        },
      ),
    );
  });
});

describe('a step that comes again', () => {
  it('is due an interval after the start, and after each time it was done', () => {
    expect(recurrences(P0, fresh(), at(10))).toEqual([
      { stepId: 'r', dueAt: at(15), overdue: false, missed: 0 },
    ]);
    expect(recurrences(P0, fresh(), at(50))).toEqual([
      { stepId: 'r', dueAt: at(15), overdue: true, missed: 3 },
    ]);
    expect(recurrences(P0, withStates(fresh(), { r: 'open' }, at(48)), at(50))).toEqual([
      { stepId: 'r', dueAt: at(63), overdue: false, missed: 0 },
    ]);
  });

  it('waits for a start that lies ahead, and rests when skipped or folded', () => {
    expect(recurrences(P0, fresh(), at(-500))).toEqual([
      { stepId: 'r', dueAt: at(15), overdue: false, missed: 0 },
    ]);
    expect(recurrences(P0, withStates(fresh(), { r: 'skipped' }), at(50))).toEqual([]);
    expect(recurrences(P0, foldChecklist(fresh(), at(1)), at(50))).toEqual([]);
  });
});

describe('the next deadline', () => {
  it.each([
    [0, 5],
    [5, 15],
    [15, 30],
    [50, 60],
  ])('after %s minutes is at %s', (now, next) => {
    expect(nextDeadline(P0, fresh(), at(now))).toEqual(at(next));
  });

  it('is none when nothing can become late', () => {
    expect(nextDeadline(P0, foldChecklist(fresh(), at(1)), at(0))).toBeNull();
    expect(nextDeadline(MAINTENANCE, newChecklist(MAINTENANCE, 'c2', START), at(1))).toBeNull();
  });
});

describe('a change of severity', () => {
  it('carries nothing over, and the old checklist stays with its ticks', () => {
    const old = foldChecklist(withStates(fresh(), { a: 'done' }), at(7));
    const next = newChecklist(P0, 'c2', at(7));
    expect([...next.items.values()].every((item) => item.state === 'open' && item.version === 0)).toBe(true);
    expect(old).toMatchObject({ foldedAt: at(7) });
    expect(old.items.get('a')?.state).toBe('done');
    expect(foldChecklist(old, at(9)).foldedAt).toEqual(at(7));
    expect(overdueSteps(P0, next, at(11))).toEqual([]);
    expect(overdueSteps(P0, next, at(12)).map(({ stepId }) => stepId)).toEqual(['a', 'b']);
  });
});
