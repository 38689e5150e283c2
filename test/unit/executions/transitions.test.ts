import { describe, expect, it } from 'vitest';
import {
  EXECUTION_STATES,
  hasEnded,
  LOCKING_STATES,
  mayMove,
  TRANSITIONS,
} from '../../../src/executions/model.ts';

describe('the states of an execution', () => {
  it('never run again once it has ended, except to say it was done by hand', () => {
    for (const state of EXECUTION_STATES.filter((one) => hasEnded({ state: one }))) {
      expect(TRANSITIONS[state].filter((to) => to !== 'by-hand')).toEqual([]);
    }
  });

  it('run only after an approval', () => {
    expect(EXECUTION_STATES.filter((from) => mayMove(from, 'running'))).toEqual(['approved']);
    expect(EXECUTION_STATES.filter((from) => mayMove(from, 'approved'))).toEqual(['awaiting-approval']);
    expect(EXECUTION_STATES.filter((from) => mayMove(from, 'verifying'))).toEqual(['running']);
  });

  it('cannot be taken back or called done by hand while something may be happening', () => {
    for (const state of ['running', 'verifying'] as const) {
      expect(mayMove(state, 'cancelled') || mayMove(state, 'by-hand')).toBe(false);
    }
  });

  it('can all be reached, and every one that holds the lock can end', () => {
    const reached = new Set(Object.values(TRANSITIONS).flat());
    expect(EXECUTION_STATES.filter((state) => !reached.has(state))).toEqual(['requested']);
    for (const state of LOCKING_STATES) {
      expect(TRANSITIONS[state].some((to) => hasEnded({ state: to }) || LOCKING_STATES.includes(to))).toBe(
        true,
      );
    }
  });
});
