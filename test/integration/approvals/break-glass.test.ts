import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { breakGlass, BROKEN_GLASS_PAGE, reviewBreakGlass } from '../../../src/approvals/break-glass.ts';
import { confirmApproval } from '../../../src/approvals/confirm-approval.ts';
import { getBreakGlassUse } from '../../../src/approvals/store.ts';
import { decideApproval } from '../../../src/approvals/decide-approval.ts';
import type { Execution } from '../../../src/executions/model.ts';
import { verifyLog } from '../../../src/log/verify-log.ts';
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

function smash(execution: Execution, userId: string, over: Record<string, string> = {}): Promise<string> {
  const person = world.person(userId);
  const words = { reasonCode: 'no-approver', line: 'checkout is down and nobody answers', ...over };
  return breakGlass(world.deps, { executionId: execution.id, person, ...words });
}

it('runs at once for a listed person, tells the manager on call in a new post, and is written down', async () => {
  const asked = await world.ask();
  expect(await smash(asked, 'U0ANA')).toContain('Glass broken');
  expect(await world.execution(asked.id)).toMatchObject({
    state: 'approved',
    mode: 'break-glass',
    approvedBy: [{ personId: 'ana' }],
  });
  expect(await world.jobs('execute-action', asked.id)).toBe(1);
  expect(await world.surfacePages(asked.id)).toContain(BROKEN_GLASS_PAGE);
  expect(await getBreakGlassUse(world.deps.db, asked.id)).toMatchObject({
    person: { personId: 'ana' },
    reasonCode: 'no-approver',
    reviewedBy: null,
  });
  expect(await world.kinds(asked)).toEqual(['action.approved']);
  expect((await confirmApproval(world.deps, await world.execution(asked.id))).ok).toBe(true);
});

it('goes on while Slack does not tell who the managers are: that is what it is for', async () => {
  world.group = 'unreadable';
  const asked = await world.ask();
  await smash(asked, 'U0BEN', { reasonCode: 'slack-trouble' });
  expect(await world.state(asked.id)).toBe('approved');
  expect((await confirmApproval(world.deps, await world.execution(asked.id))).ok).toBe(true);
});

it.each([
  ['at P2', { severity: 'P2' as const }, 'U0ANA', 'for P0 and P1'],
  ['when it cannot be undone', { plan: { reversible: false } }, 'U0ANA', 'cannot be undone'],
  ['for somebody who is not listed', {}, 'U0CLEO', 'not on the list'],
  ['for somebody on no list at all', {}, 'U0ZOE', 'not on the list'],
])('is refused %s, with one log row', async (_case, options, userId, sentence) => {
  const asked = await world.ask(options);
  expect(await refusal(smash(asked, userId))).toContain(sentence);
  expect(await world.state(asked.id)).toBe('awaiting-approval');
  expect(await getBreakGlassUse(world.deps.db, asked.id)).toBeUndefined();
  expect(await world.kinds(asked)).toEqual(['break-glass.refused']);
});

it('needs a reason of the list and a line', async () => {
  const asked = await world.ask();
  expect(await refusal(smash(asked, 'U0ANA', { reasonCode: 'because' }))).toContain('Pick a reason');
  expect(await refusal(smash(asked, 'U0ANA', { line: ' ok ' }))).toContain('in one line');
  expect(await world.state(asked.id)).toBe('awaiting-approval');
});

it('happens once, also when two break it while a manager denies', async () => {
  const other = world.feature.replica();
  for (let round = 0; round < 20; round += 1) {
    const asked = await world.ask();
    await Promise.allSettled([
      smash(asked, 'U0ANA'),
      smash(asked, 'U0BEN'),
      decideApproval(other, {
        executionId: asked.id,
        planHash: asked.planHash ?? '',
        person: world.person('U0MAX'),
        verdict: 'deny',
        reason: 'no',
      }),
    ]);
    const state = await world.state(asked.id);
    const jobs = await world.jobs('execute-action', asked.id);
    expect([state, jobs]).toEqual(state === 'approved' ? ['approved', 1] : ['denied', 0]);
    expect((await world.kinds(asked)).filter((kind) => kind.startsWith('action.'))).toHaveLength(1);
  }
});

it('cannot revive what has expired', async () => {
  const asked = await world.ask();
  await world.feature.moveClock(15.1);
  expect(await refusal(smash(asked, 'U0ANA'))).toContain('over');
  expect(await world.jobs('execute-action', asked.id)).toBe(0);
  expect(await getBreakGlassUse(world.deps.db, asked.id)).toBeUndefined();
});

it('is reviewed by another manager, once; refusals are written down', async () => {
  const asked = await world.ask({ requester: world.person('U0BEN') });
  await smash(asked, 'U0MIRA');
  const review = (userId: string): Promise<string> =>
    reviewBreakGlass(world.deps, { executionId: asked.id, person: world.person(userId) });
  expect(await refusal(review('U0MIRA'))).toContain('yourself');
  expect(await refusal(review('U0CLEO'))).toContain('Only');
  expect(await refusal(review('U0BEN'))).toContain('somebody else');
  const told = await Promise.all([review('U0MAX'), review('U0MAX')]);
  expect(told.toSorted()).toEqual(['It was reviewed already.', 'Reviewed. Thank you.']);
  expect(await getBreakGlassUse(world.deps.db, asked.id)).toMatchObject({ reviewedBy: { personId: 'max' } });
  expect(await world.kinds(asked)).toEqual([
    'action.approved',
    'break-glass.review-refused',
    'break-glass.review-refused',
    'break-glass.review-refused',
    'break-glass.reviewed',
  ]);
});

it('has nothing to review where nobody broke glass', async () => {
  const asked = await world.ask();
  const person = world.person('U0MAX');
  expect(await refusal(reviewBreakGlass(world.deps, { executionId: asked.id, person }))).toContain('Nobody');
});

it('leaves a whole log behind', async () => {
  const verdict = await verifyLog(world.deps.db);
  expect(verdict.problems).toEqual([]);
  expect(verdict.rows).toBeGreaterThan(5);
});
