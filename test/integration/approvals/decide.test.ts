import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { confirmApproval } from '../../../src/approvals/confirm-approval.ts';
import { decideApproval } from '../../../src/approvals/decide-approval.ts';
import { expireApproval } from '../../../src/approvals/expire-approval.ts';
import { postApproval } from '../../../src/approvals/post-approval.ts';
import type { Verdict } from '../../../src/approvals/model.ts';
import type { Execution } from '../../../src/executions/model.ts';
import { verifyLog } from '../../../src/log/verify-log.ts';
import type { FeatureDeps } from '../../harness/feature.ts';
import { refusal, startApprovalWorld } from './approval-world.ts';
import type { ApprovalWorld } from './approval-world.ts';

let world: ApprovalWorld;

beforeAll(async () => {
  world = await startApprovalWorld();
});
beforeEach(() => {
  world.group = ['U0MIRA', 'U0MAX'];
});
afterAll(async () => {
  await world.close();
});

function decide(
  execution: Execution,
  userId: string,
  verdict: Verdict = 'approve',
  deps: FeatureDeps = world.deps,
): Promise<string> {
  return decideApproval(deps, {
    executionId: execution.id,
    planHash: (execution.planHash ?? '').slice(0, 16),
    person: world.person(userId),
    verdict,
    reason: verdict === 'deny' ? 'not now' : null,
  });
}

describe('one click of a manager', () => {
  it('approves: state, approver, job, one log row, and no timer is left', async () => {
    const asked = await world.ask();
    await postApproval(world.deps, { executionId: asked.id });
    expect(await decide(asked, 'U0MIRA')).toBe('Approved. It starts now.');
    expect(await world.execution(asked.id)).toMatchObject({
      state: 'approved',
      approvedBy: [{ personId: 'mira', userId: 'U0MIRA' }],
    });
    expect(await world.jobs('execute-action', asked.id)).toBe(1);
    expect(await world.kinds(asked)).toEqual(['action.approved']);
    const timers = await world.deps.db.query('select from deadlines where key = $1', [asked.id]);
    expect(timers.rowCount).toBe(0);
    expect(await confirmApproval(world.deps, await world.execution(asked.id))).toMatchObject({ ok: true });
  });

  it('denies with a reason, finally: a later approval changes nothing and says so', async () => {
    const asked = await world.ask();
    await decide(asked, 'U0MIRA', 'deny');
    expect(await world.execution(asked.id)).toMatchObject({ state: 'denied', outcome: 'Denied: not now' });
    expect(await decide(asked, 'U0MAX')).toBe('Nothing to decide any more: it is denied.');
    expect(await world.jobs('execute-action', asked.id)).toBe(0);
    expect(await world.kinds(asked)).toEqual(['action.denied']);
  });
});

describe('refused, with the state unchanged and one log row each', () => {
  it.each([
    ['the requester', 'U0ANA', 'somebody else has to decide'],
    ['the second account of the requester', 'U0ANA2', 'somebody else has to decide'],
    ['a responder', 'U0BEN', 'Only mira, max may approve this'],
    ['somebody on no list', 'U0ZOE', 'Only mira, max may approve this'],
  ])('%s', async (_who, userId, sentence) => {
    const asked = await world.ask();
    expect(await refusal(decide(asked, userId))).toContain(sentence);
    expect(await refusal(decide(asked, userId, 'deny'))).toContain(sentence);
    expect(await world.state(asked.id)).toBe('awaiting-approval');
    expect(await world.votes(asked.id)).toBe(0);
    expect(await world.kinds(asked)).toEqual(['approval.refused', 'approval.refused']);
  });

  it('the requester who joins the managers later, with either account', async () => {
    const asked = await world.ask();
    world.group = ['U0MIRA', 'U0ANA', 'U0ANA2'];
    expect(await refusal(decide(asked, 'U0ANA'))).toContain('somebody else');
    expect(await refusal(decide(asked, 'U0ANA2'))).toContain('somebody else');
    expect(await world.state(asked.id)).toBe('awaiting-approval');
  });

  it('a manager who has left the group by the time of the click, or of the execution', async () => {
    const asked = await world.ask();
    world.group = ['U0MAX'];
    expect(await refusal(decide(asked, 'U0MIRA'))).toContain('Only max');
    world.group = ['U0MIRA', 'U0MAX'];
    await decide(asked, 'U0MIRA');
    world.group = ['U0MAX'];
    const late = await confirmApproval(world.deps, await world.execution(asked.id));
    expect(late).toMatchObject({ ok: false });
    expect(late.reason).toContain('mira');
  });

  it('anybody while the group cannot be read, and at the execution too', async () => {
    const asked = await world.ask();
    world.group = 'unreadable';
    expect(await refusal(decide(asked, 'U0MIRA'))).toContain('Slack does not say right now');
    expect(await world.state(asked.id)).toBe('awaiting-approval');
    world.group = ['U0MIRA'];
    await decide(asked, 'U0MIRA');
    world.group = 'unreadable';
    expect((await confirmApproval(world.deps, await world.execution(asked.id))).ok).toBe(false);
  });

  it('whoever saw another plan', async () => {
    const asked = await world.ask();
    const other = { ...asked, planHash: 'f'.repeat(64) };
    expect(await refusal(decide(other, 'U0MIRA'))).toContain('plan has changed');
    expect(await world.kinds(asked)).toEqual(['approval.refused']);
  });
});

describe('1,000 tampered values', () => {
  it('have no effect', async () => {
    const asked = await world.ask();
    const hash = asked.planHash ?? '';
    for (let round = 0; round < 1_000; round += 1) {
      const [executionId, planHash] = tamper(asked.id, hash, round);
      const given = { executionId, planHash, person: world.person('U0MIRA'), verdict: 'approve' } as const;
      await refusal(decideApproval(world.deps, { ...given, reason: null }));
    }
    expect(await world.state(asked.id)).toBe('awaiting-approval');
    expect(await world.votes(asked.id)).toBe(0);
    expect(await world.jobs('execute-action', asked.id)).toBe(0);
  });
});

/** A changed digit in the id or in the hash, a hash too short to mean anything, or another text altogether. */
function tamper(id: string, hash: string, round: number): readonly [string, string] {
  const at = Math.floor(round / 4);
  const change = (text: string): string => {
    const place = at % Math.min(text.length, 16);
    return `${text.slice(0, place)}${text[place] === 'a' ? 'b' : 'a'}${text.slice(place + 1)}`;
  };
  const shapes: readonly (readonly [string, string])[] = [
    [change(id), hash.slice(0, 16)],
    [id, change(hash)],
    [id, hash.slice(0, at % 12)],
    [["' or true --", '', '../x', '%00', id.toUpperCase()][at % 5] ?? '', hash],
  ];
  return shapes[round % 4] ?? shapes[0] ?? ['', ''];
}

describe('at once', () => {
  it('two managers approve: it is approved and handed on once, and both are told', async () => {
    const other = world.feature.replica();
    for (let round = 0; round < 20; round += 1) {
      const asked = await world.ask();
      const told = await Promise.all([decide(asked, 'U0MIRA'), decide(asked, 'U0MAX', 'approve', other)]);
      expect(told.toSorted()).toEqual([
        'Approved. It starts now.',
        'Nothing to decide any more: it is approved.',
      ]);
      expect(await world.jobs('execute-action', asked.id)).toBe(1);
      expect(await world.kinds(asked)).toEqual(['action.approved']);
    }
  });

  it('one approves and one denies, 100 times: exactly one wins and the other is told', async () => {
    const other = world.feature.replica();
    const seen = new Set<string>();
    for (let round = 0; round < 100; round += 1) {
      const asked = await world.ask();
      const clicks = [() => decide(asked, 'U0MIRA'), () => decide(asked, 'U0MAX', 'deny', other)];
      const told = await Promise.all(
        (round % 2 === 0 ? clicks : clicks.toReversed()).map((click) => click()),
      );
      const state = await world.state(asked.id);
      seen.add(state);
      expect(['approved', 'denied']).toContain(state);
      expect(told.filter((text) => text === `Nothing to decide any more: it is ${state}.`)).toHaveLength(1);
      expect(await world.votes(asked.id)).toBe(1);
      expect(await world.kinds(asked)).toEqual([`action.${state}`]);
      expect(await world.jobs('execute-action', asked.id)).toBe(state === 'approved' ? 1 : 0);
    }
    expect(seen.size).toBe(2);
  });

  it('one person clicks five times: one vote', async () => {
    const asked = await world.ask();
    await Promise.all(Array.from({ length: 5 }, () => decide(asked, 'U0MIRA')));
    expect(await world.votes(asked.id)).toBe(1);
    expect(await world.kinds(asked)).toEqual(['action.approved']);
  });
});

describe('time, by the database', () => {
  it('takes a click at 14:59 and refuses one at 15:01, before and after the request was marked expired', async () => {
    const [inTime, late] = [await world.ask(), await world.ask()];
    await world.feature.moveClock(14);
    expect(await decide(inTime, 'U0MIRA')).toContain('Approved');
    await world.feature.moveClock(1 + 1 / 60);
    expect(await refusal(decide(late, 'U0MIRA'))).toContain('time to approve it is over');
    expect(await world.state(late.id)).toBe('awaiting-approval');
    expect(await world.votes(late.id)).toBe(0);
    await expireApproval(world.deps, { executionId: late.id });
    await expireApproval(world.deps, { executionId: late.id });
    expect(await world.state(late.id)).toBe('expired');
    expect(await decide(late, 'U0MIRA')).toBe('Nothing to decide any more: it is expired.');
    expect(await world.kinds(late)).toEqual(['approval.refused', 'action.expired']);
  });

  it('does not expire early', async () => {
    const asked = await world.ask();
    await expireApproval(world.deps, { executionId: asked.id });
    expect(await world.state(asked.id)).toBe('awaiting-approval');
  });
});

describe('two needed', () => {
  let strict: ApprovalWorld;
  beforeAll(async () => {
    strict = await startApprovalWorld({ needed: 2 });
  });
  afterAll(() => strict.close());

  it('counts two people, not two clicks or accounts', async () => {
    strict.group = ['U0ANA', 'U0ANA2', 'U0MAX'];
    const asked = await strict.ask({ requester: strict.person('U0BEN') });
    const by = (userId: string): Promise<string> =>
      decideApproval(strict.deps, {
        executionId: asked.id,
        planHash: asked.planHash ?? '',
        person: strict.person(userId),
        verdict: 'approve',
        reason: null,
      });
    expect(await by('U0ANA')).toContain('Still needed: 1 more of max');
    expect(await by('U0ANA')).toBe('Your decision was recorded already.');
    expect(await by('U0ANA2')).toBe('Your decision was recorded already.');
    expect(await strict.state(asked.id)).toBe('awaiting-approval');
    expect(await by('U0MAX')).toContain('Approved');
    expect(await strict.kinds(asked)).toEqual(['approval.given', 'action.approved']);
  });
});

it('leaves a whole log behind', async () => {
  const verdict = await verifyLog(world.deps.db);
  expect(verdict.problems).toEqual([]);
  expect(verdict.rows).toBeGreaterThan(5);
});
