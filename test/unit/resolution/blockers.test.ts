import { describe, expect, it } from 'vitest';
import { EXECUTION_STATES } from '../../../src/executions/model.ts';
import { findBlockers } from '../../../src/resolution/blockers.ts';
import { closingBlockers } from '../../../src/resolution/closing-blockers.ts';
import { execution } from '../rca/facts.ts';

describe('what speaks against resolving', () => {
  it('is each action that is not over or of unknown outcome, by name', () => {
    const blocking = EXECUTION_STATES.filter((state) => findBlockers([execution({ state })], []).length > 0);
    expect(blocking).toEqual(['awaiting-approval', 'approved', 'running', 'verifying', 'unknown']);
    expect(findBlockers([execution({ state: 'running' })], [])).toEqual([
      { what: 'Restart checkout (prod) is still running' },
    ]);
    expect(findBlockers([execution({ state: 'unknown', plan: null })], [])[0]?.what).toContain(
      'restart ended',
    );
  });

  it('is each alert that fires', () => {
    expect(findBlockers([], ['ServiceDown', 'HighErrorRate']).map((blocker) => blocker.what)).toEqual([
      'the alert ServiceDown still fires',
      'the alert HighErrorRate still fires',
    ]);
    expect(findBlockers([execution()], [])).toEqual([]);
  });
});

describe('what speaks against closing', () => {
  it('is glass that nobody has reviewed, and a document that is not there', () => {
    const use = { what: 'Restart checkout (prod)', reviewed: false };
    expect(closingBlockers({ breakGlassUses: [], documentDrafted: true })).toEqual([]);
    expect(closingBlockers({ breakGlassUses: [{ ...use, reviewed: true }], documentDrafted: true })).toEqual(
      [],
    );
    expect(closingBlockers({ breakGlassUses: [use, use], documentDrafted: false })).toHaveLength(3);
  });
});
