import { confirmApproval } from '../approvals/confirm-approval.ts';
import { CodedError } from '../errors.ts';
import { EXECUTOR } from './run.ts';
import type { Run } from './run.ts';
import type { Execution } from './model.ts';
import { move } from './move.ts';
import { observeNow } from './observe-now.ts';
import { specChanges } from './spec-changes.ts';
import { supersede } from './supersede.ts';

/** Seconds after its approval in which an execution must start, else it needs a new one. */
export const START_WITHIN = 60;

/**
 * From approved to running, if the approval is young, still holds, and is for what is there now. The row says running,
 * with the intent logged, before anything is called.
 * @returns the running execution, or what it became instead
 */
export async function startExecution(run: Run, execution: Execution): Promise<Execution | undefined> {
  const { deps } = run;
  if (await isTooLate(run, execution)) return expire(run, execution);
  const observed = await observeNow(run);
  if (!observed.isApplied(stampOf(execution))) {
    const changes = specChanges(execution.spec ?? {}, observed.spec);
    if (changes.length > 0) return supersede(run, execution, { observed, changes, from: 'approved' });
  }
  const confirmed = await confirmApproval(deps, execution);
  if (!confirmed.ok && confirmed.cannotKnow) {
    // Tried again until the minute is over; then it expires.
    throw new CodedError('unavailable', `Whether the approval holds is not known. ${confirmed.reason}`);
  }
  if (!confirmed.ok) return giveUp(run, execution, confirmed.reason);
  const moved = await move(deps, execution.id, ['approved', 'running'], {
    actor: EXECUTOR,
    stamp: ['started_at'],
    guard: { approvedWithinSeconds: START_WITHIN },
    data: { planHash: execution.planHash, stamp: stampOf(execution), mode: execution.mode },
  });
  if (moved.ok) return moved.execution;
  return moved.execution?.state === 'approved' ? expire(run, moved.execution) : moved.execution;
}

/** What `execute` is told: the instant of approval, so that a second call is the same call. */
export function stampOf(execution: Execution): string {
  if (execution.approvedAt === null) {
    throw new CodedError('internal', 'An execution without an approval cannot run.');
  }
  return execution.approvedAt.toISOString();
}

async function isTooLate({ deps }: Run, execution: Execution): Promise<boolean> {
  const answer = await deps.db.query<{ late: boolean | null }>(
    `select approved_at < app.now() - make_interval(secs => $2) as late from executions where id = $1`,
    [execution.id, START_WITHIN],
  );
  return answer.rows[0]?.late ?? true;
}

async function expire({ deps }: Run, execution: Execution): Promise<Execution | undefined> {
  const moved = await move(deps, execution.id, ['approved', 'expired'], {
    actor: EXECUTOR,
    set: {
      outcome: `It could not start within ${START_WITHIN} s of its approval, so nothing was done. Ask again.`,
    },
  });
  return moved.execution;
}

async function giveUp({ deps }: Run, execution: Execution, reason: string): Promise<Execution | undefined> {
  const moved = await move(deps, execution.id, ['approved', 'cancelled'], {
    actor: EXECUTOR,
    set: { outcome: `The approval no longer holds, so nothing was done. ${reason}` },
    data: { why: 'approval no longer holds' },
    texts: { reason },
  });
  return moved.execution;
}
