import { getIncident } from '../incidents/store.ts';
import { ask, requirePolicy } from './ask.ts';
import type { Observed, PlanAnswer } from './define-action.ts';
import { EXECUTOR } from './run.ts';
import type { Run } from './run.ts';
import type { Execution } from './model.ts';
import { moveIn } from './move.ts';
import { describeChanges } from './spec-changes.ts';
import type { SpecChange } from './spec-changes.ts';
import { insertDraft, updateDraft } from './store.ts';

export interface Superseding {
  readonly observed: Observed;
  readonly changes: readonly SpecChange[];
  readonly from: 'approved' | 'running';
}

/**
 * The target is not what was approved: the request ends with the difference shown, and the same is asked again for
 * what is there now, in one transaction that also hands the lock on. Nothing was done to the target.
 */
export async function supersede(
  run: Run,
  execution: Execution,
  { observed, changes, from }: Superseding,
): Promise<Execution | undefined> {
  const { deps } = run;
  const incident = await getIncident(deps.db, execution.incidentId);
  const planned = observed.plan();
  return deps.db.transaction(async (tx) => {
    const moved = await moveIn(tx, deps, execution.id, [from, 'superseded'], {
      actor: EXECUTOR,
      set: { outcome: outcome(changes, planned), observedAfter: observed.facts },
      data: { changes: changes.map(({ name }) => name) },
      texts: { changes: describeChanges(changes) },
    });
    if (!moved.ok || !planned.ok || incident === undefined) return moved.execution;
    const id = deps.newId();
    await insertDraft(tx, { ...execution, id, supersedes: execution.id });
    const draft = await updateDraft(tx, id, {
      target: observed.target,
      spec: observed.spec,
      plan: planned.plan,
      params: execution.params,
    });
    await tx.query('update executions set superseded_by = $2 where id = $1', [execution.id, id]);
    if (draft !== undefined) {
      const policy = requirePolicy(deps, draft, incident);
      const data = { supersedes: execution.id };
      await ask(deps, tx, { draft, incident, policy, actor: EXECUTOR, reason: execution.reason, data });
    }
    return moved.execution;
  });
}

function outcome(changes: readonly SpecChange[], planned: PlanAnswer): string {
  const next = planned.ok
    ? 'It is asked again for what is there now.'
    : `It is not asked again: ${planned.reason}`;
  return `The target changed after it was approved, so nothing was done. ${describeChanges(changes)}. ${next}`;
}
