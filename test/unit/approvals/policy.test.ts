import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApprovalRequest, GroupMembers, Vote } from '../../../src/approvals/model.ts';
import { decide, mayApprove, mayBreakGlass } from '../../../src/approvals/policy.ts';
import type { Policy } from '../../../src/config/model.ts';

const NOON = new Date('2026-01-01T12:00:00Z');
const at = (seconds: number): Date => new Date(NOON.getTime() + seconds * 1_000);

const request: ApprovalRequest = {
  planHash: 'plan-a',
  requester: 'ana',
  editors: [],
  severity: 'P1',
  reversible: true,
  expiresAt: at(900),
};

const policy: Policy = {
  name: 'Changes to production',
  match: { actions: ['*'], services: ['*'], environments: ['*'], severities: ['P0', 'P1', 'P2', 'P3'] },
  approvers: ['S1'],
  needed: 1,
  requesters: [],
  expiresAfterMinutes: 15,
  breakGlass: ['ana', 'ben'],
};

const groups: GroupMembers = new Map([['S1', ['mira', 'max', 'ana']]]);

function vote(personId: string, change: Partial<Vote> = {}): Vote {
  const at0 = at(10);
  return {
    personId,
    teamId: 'T',
    userId: `U-${personId}`,
    verdict: 'approve',
    planHash: 'plan-a',
    reason: null,
    at: at0,
    ...change,
  };
}

describe('decide', () => {
  it('waits and says who may still approve: not the requester, though a member of the group', () => {
    expect(decide(request, policy, [], groups, at(1))).toMatchObject({
      verdict: 'waiting',
      missing: 1,
      mayApprove: ['mira', 'max'],
    });
  });

  it('is satisfied by one manager', () => {
    expect(decide(request, policy, [vote('mira')], groups, at(20))).toMatchObject({
      verdict: 'approved',
      counted: ['mira'],
    });
  });

  it('does not count the requester, an editor of the plan, or a vote for another plan, and says why', () => {
    const votes = [vote('ana'), vote('max'), vote('mira', { planHash: 'plan-b' })];
    const decision = decide({ ...request, editors: ['max'] }, policy, votes, groups, at(20));
    expect(decision.verdict).toBe('waiting');
    expect(decision.notCounted.map((one) => one.personId)).toEqual(['ana', 'max', 'mira']);
  });

  it('counts a person once, whatever accounts the votes came from', () => {
    const twice = [vote('mira'), vote('mira', { userId: 'U-other' })];
    expect(decide(request, { ...policy, needed: 2 }, twice, groups, at(20))).toMatchObject({
      verdict: 'waiting',
      missing: 1,
    });
  });

  it('holds a denial for final, also beside an approval', () => {
    const votes = [vote('mira'), vote('max', { verdict: 'deny', reason: 'not now' })];
    expect(decide(request, policy, votes, groups, at(20)).verdict).toBe('denied');
  });

  it('expires by the second: a vote at 14:59 counts, one at 15:00 does not', () => {
    expect(decide(request, policy, [vote('mira', { at: at(899) })], groups, at(901)).verdict).toBe(
      'approved',
    );
    expect(decide(request, policy, [vote('mira', { at: at(900) })], groups, at(901)).verdict).toBe('expired');
  });

  it('cannot know, and so does not approve, while the group cannot be read', () => {
    expect(decide(request, policy, [vote('mira')], new Map(), at(20)).verdict).toBe('cannot-know');
    expect(mayApprove(request, policy, new Map(), 'mira').allowed).toBe(false);
  });

  it('holds for 10,000 random directories, votes and policies', () => {
    const people = ['ana', 'ben', 'cleo', 'mira', 'max', 'zoe'];
    const person = fc.constantFrom(...people);
    const anyVote = fc.record({
      personId: person,
      teamId: fc.constant('T'),
      userId: fc.string(),
      verdict: fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'deny' as const),
      planHash: fc.constantFrom('plan-a', 'plan-a', 'plan-b'),
      reason: fc.constant(null),
      at: fc.integer({ min: 0, max: 1_200 }).map(at),
    });
    const ref = fc.constantFrom(...people, 'S1', 'S2');
    const scene = fc.record({
      requester: person,
      editors: fc.subarray(people, { maxLength: 2 }),
      approvers: fc.array(ref, { minLength: 1, maxLength: 4 }),
      needed: fc.integer({ min: 1, max: 3 }),
      votes: fc.array(anyVote, { maxLength: 8 }),
      groups: fc.dictionary(fc.constantFrom('S1', 'S2'), fc.subarray(people)),
      now: fc.integer({ min: 0, max: 1_300 }).map(at),
    });
    fc.assert(
      fc.property(scene, ({ requester, editors, approvers, needed, votes, groups: known, now }) => {
        const asked = { ...request, requester, editors };
        const rule = { ...policy, approvers, needed };
        const members = new Map(Object.entries(known));
        const decision = decide(asked, rule, votes, members, now);
        const named = new Set(
          approvers.flatMap((one) => (one.startsWith('S') ? (members.get(one) ?? []) : [one])),
        );
        const good = new Set(
          votes
            .filter(
              (one) => one.verdict === 'approve' && one.planHash === 'plan-a' && one.at < request.expiresAt,
            )
            .map((one) => one.personId)
            .filter((one) => one !== requester && !editors.includes(one) && named.has(one)),
        );
        const denied = votes.some((one) => one.verdict === 'deny');
        expect(new Set(decision.counted)).toEqual(good);
        expect(decision.verdict === 'approved').toBe(!denied && good.size >= needed);
        expect(decision.verdict === 'denied').toBe(denied);
        expect(decision.mayApprove).not.toContain(requester);
        expect(decision.reasons.length).toBeGreaterThan(0);
        expect(decide(asked, rule, votes.toReversed(), members, now).verdict).toBe(decision.verdict);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('break-glass', () => {
  it('is for listed people, alone, on what can be undone, at P0 and P1', () => {
    expect(mayBreakGlass(request, policy, groups, 'ana').allowed).toBe(true);
    expect(mayBreakGlass(request, policy, groups, 'mira').allowed).toBe(false);
    expect(mayBreakGlass({ ...request, severity: 'P2' }, policy, groups, 'ana').allowed).toBe(false);
    expect(mayBreakGlass({ ...request, reversible: false }, policy, groups, 'ana').allowed).toBe(false);
    expect(mayBreakGlass(request, { ...policy, breakGlass: ['S9'] }, groups, 'ana').allowed).toBe(false);
  });
});
