import { afterAll, beforeAll, expect, it } from 'vitest';
import { decideApproval } from '../../../src/approvals/decide-approval.ts';
import { DEPUTIES_PAGE, escalateApproval } from '../../../src/approvals/escalate-approval.ts';
import { postApproval } from '../../../src/approvals/post-approval.ts';
import { readApproval } from '../../../src/approvals/read-approval.ts';
import type { Execution } from '../../../src/executions/model.ts';
import { fireDueDeadlines } from '../../../src/queue/deadlines.ts';
import { startApprovalWorld } from './approval-world.ts';
import type { ApprovalWorld } from './approval-world.ts';

let world: ApprovalWorld;

beforeAll(async () => {
  world = await startApprovalWorld();
});
afterAll(async () => {
  await world.close();
});

async function tick(minutes: number): Promise<void> {
  await world.feature.moveClock(minutes);
  await fireDueDeadlines(world.deps.db, world.deps.enqueue);
}

const escalations = (asked: Execution): Promise<number> => world.jobs('escalate-approval', asked.id);

it('asks the deputies in a new post after 3 minutes, once', async () => {
  const asked = await world.ask();
  await postApproval(world.deps, { executionId: asked.id });
  expect(await world.surfacePages(asked.id)).toEqual([0]);
  await tick(2.9);
  expect(await escalations(asked)).toBe(0);
  await tick(0.2);
  expect(await escalations(asked)).toBe(1);
  await Promise.all([
    escalateApproval(world.deps, { executionId: asked.id }),
    escalateApproval({ ...world.deps, ...world.feature.replica() }, { executionId: asked.id }),
  ]);
  await escalateApproval(world.deps, { executionId: asked.id });
  expect(await world.surfacePages(asked.id)).toEqual([0, DEPUTIES_PAGE]);
  expect(await world.kinds(asked)).toEqual(['approval.escalated']);
});

it('asks no deputies at P2, and after a decision', async () => {
  const calm = await world.ask({ severity: 'P2' });
  const decided = await world.ask();
  for (const { id } of [calm, decided]) await postApproval(world.deps, { executionId: id });
  await decideApproval(world.deps, {
    executionId: decided.id,
    planHash: decided.planHash ?? '',
    person: world.person('U0MIRA'),
    verdict: 'approve',
    reason: null,
  });
  await tick(4);
  expect([await escalations(calm), await escalations(decided)]).toEqual([0, 0]);
  // A timer that had fired already does nothing either.
  await escalateApproval(world.deps, { executionId: decided.id });
  await escalateApproval(world.deps, { executionId: calm.id });
  expect(await world.surfacePages(decided.id)).toEqual([0]);
  expect(await world.surfacePages(calm.id)).toEqual([0]);
});

it('expires at 15 minutes', async () => {
  const asked = await world.ask({ severity: 'P3' });
  await postApproval(world.deps, { executionId: asked.id });
  await tick(14.9);
  expect(await world.jobs('expire-approval', asked.id)).toBe(0);
  await tick(0.2);
  expect(await world.jobs('expire-approval', asked.id)).toBe(1);
});

it('asks the deputies at once when the only approver on call is who asks, with any account', async () => {
  const asked = await world.ask({ requester: world.person('U0MIRA') });
  const picture = await readApproval(world.deps, asked.id);
  expect(picture.asked.map((user) => user.userId)).toEqual(['U0MAX']);
});

it('shows who may still decide, and that it cannot know while the group cannot be read', async () => {
  const asked = await world.ask();
  expect((await readApproval(world.deps, asked.id)).decision.mayApprove).toEqual(['mira', 'max']);
  world.group = 'unreadable';
  const picture = await readApproval(world.deps, asked.id);
  expect(picture.decision.verdict).toBe('cannot-know');
  expect(picture.asked.map((user) => user.userId)).toEqual(['U0MIRA']);
  expect(picture.breakGlassOffered).toBe(true);
  world.group = ['U0MIRA', 'U0MAX'];
});
