import { findPolicy } from '../config/find-policy.ts';
import type { Policy } from '../config/model.ts';
import { isOpen } from '../incidents/model.ts';
import type { Incident } from '../incidents/model.ts';
import { shareIncident } from '../incidents/store.ts';
import { ask, INCIDENT_IS_OVER } from './ask.ts';
import type { Observed, PlanAnswer } from './define-action.ts';
import { EXECUTOR } from './run.ts';
import type { Run } from './run.ts';
import type { Execution, Plan } from './model.ts';
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
  const planned = observed.plan();
  return deps.db.transaction(async (tx) => {
    const incident = await shareIncident(tx, execution.incidentId);
    const next = askNext(run, execution, incident, planned);
    const moved = await moveIn(tx, deps, execution.id, [from, 'superseded'], {
      actor: EXECUTOR,
      set: { outcome: outcome(changes, next), observedAfter: observed.facts },
      data: { changes: changes.map(({ name }) => name) },
      texts: { changes: describeChanges(changes) },
    });
    if (!moved.ok || !next.ok) return moved.execution;
    const id = deps.newId();
    await insertDraft(tx, { ...execution, id, supersedes: execution.id });
    const { target, spec } = observed;
    const draft = await updateDraft(tx, id, { target, spec, plan: next.plan, params: execution.params });
    await tx.query('update executions set superseded_by = $2 where id = $1', [execution.id, id]);
    if (draft !== undefined) {
      const data = { supersedes: execution.id };
      const { incident: open, policy } = next;
      const reason = execution.reason;
      await ask(deps, tx, { draft, incident: open, policy, actor: EXECUTOR, reason, data });
    }
    return moved.execution;
  });
}

type Next =
  | { readonly ok: true; readonly plan: Plan; readonly incident: Incident; readonly policy: Policy }
  | { readonly ok: false; readonly reason: string };

/** What is asked instead, or why nothing is. */
function askNext(
  { deps }: Run,
  { action, service, environment }: Execution,
  incident: Incident | undefined,
  planned: PlanAnswer,
): Next {
  if (!planned.ok) return planned;
  if (incident === undefined || !isOpen(incident)) return { ok: false, reason: INCIDENT_IS_OVER };
  const { severity } = incident;
  const policy = findPolicy(deps.config.policies, { action, service, environment, severity });
  if (policy === undefined) return { ok: false, reason: 'No policy says who may approve it.' };
  return { ok: true, plan: planned.plan, incident, policy };
}

function outcome(changes: readonly SpecChange[], next: Next): string {
  const then = next.ok ? 'It is asked again for what is there now.' : `It is not asked again: ${next.reason}`;
  return `The target changed after it was approved, so nothing was done. ${describeChanges(changes)}. ${then}`;
}
