import type { Queryable } from '../db/database.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Person, SlackUser } from '../people/model.ts';
import { LOCKING_STATES } from './model.ts';
import type { Execution, ExecutionMode, ExecutionState, Plan, Progress } from './model.ts';

interface ExecutionRow extends Record<string, unknown> {
  id: string;
  incident_id: string;
  action: string;
  params: JsonObject;
  target: string;
  service: string | null;
  environment: string;
  requested_by_team: string;
  requested_by_user: string;
  requested_by_person: string;
  requested_at: Date;
  reason: string | null;
  step_key: string | null;
  playbook_version: string | null;
  plan: Plan | null;
  spec: JsonObject | null;
  observed_at: Date | null;
  plan_hash: string | null;
  state: ExecutionState;
  mode: ExecutionMode;
  expires_at: Date | null;
  approved_by: readonly Person[];
  approved_at: Date | null;
  started_at: Date | null;
  ended_at: Date | null;
  ended_by: SlackUser | null;
  outcome: string | null;
  progress: Progress | null;
  observed_after: JsonObject | null;
  supersedes: string | null;
  superseded_by: string | null;
}

export async function getExecution(db: Queryable, id: string): Promise<Execution | undefined> {
  return first(await db.query<ExecutionRow>('select * from executions where id = $1', [id]));
}

/** The execution, locked until the transaction ends: for changes that decide on what they read. */
export async function lockExecution(tx: Queryable, id: string): Promise<Execution | undefined> {
  return first(await tx.query<ExecutionRow>('select * from executions where id = $1 for update', [id]));
}

/** The execution that holds the lock of a target. */
export async function findLiveExecution(db: Queryable, target: string): Promise<Execution | undefined> {
  return first(
    await db.query<ExecutionRow>('select * from executions where target = $1 and state = any($2)', [
      target,
      LOCKING_STATES,
    ]),
  );
}

/** Everything that was asked for in an incident, oldest first, without modals that nobody sent. */
export async function listExecutions(db: Queryable, incidentId: string): Promise<readonly Execution[]> {
  const answer = await db.query<ExecutionRow>(
    `select * from executions where incident_id = $1 and state <> 'requested' order by requested_at, id`,
    [incidentId],
  );
  return answer.rows.map(toExecution);
}

/** Stores a request that nobody has been asked about; older ones that were never sent go. */
export async function insertDraft(db: Queryable, draft: NewDraft): Promise<void> {
  await db.query(
    `delete from executions where state = 'requested' and requested_at < app.now() - interval '1 day'`,
  );
  const { requestedBy } = draft;
  await db.query(
    `insert into executions (id, incident_id, action, params, target, service, environment, requested_by_team,
       requested_by_user, requested_by_person, step_key, playbook_version, supersedes, reason)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      draft.id,
      draft.incidentId,
      draft.action,
      JSON.stringify(draft.params),
      draft.target,
      draft.service,
      draft.environment,
      requestedBy.teamId,
      requestedBy.userId,
      requestedBy.personId,
      draft.stepKey,
      draft.playbookVersion,
      draft.supersedes,
      draft.reason,
    ],
  );
}

export type NewDraft = Pick<
  Execution,
  | 'id'
  | 'incidentId'
  | 'action'
  | 'params'
  | 'target'
  | 'service'
  | 'environment'
  | 'requestedBy'
  | 'stepKey'
  | 'playbookVersion'
  | 'supersedes'
  | 'reason'
>;

/** Stores what was observed and the plan that follows. @returns undefined when it is no draft any more */
export async function updateDraft(
  db: Queryable,
  id: string,
  seen: {
    readonly target: string;
    readonly spec: JsonObject;
    readonly plan: Plan;
    readonly params: JsonObject;
  },
): Promise<Execution | undefined> {
  return first(
    await db.query<ExecutionRow>(
      `update executions set target = $2, spec = $3, plan = $4, params = $5, observed_at = app.now()
       where id = $1 and state = 'requested' returning *`,
      [id, seen.target, JSON.stringify(seen.spec), JSON.stringify(seen.plan), JSON.stringify(seen.params)],
    ),
  );
}

function first(answer: { readonly rows: readonly ExecutionRow[] }): Execution | undefined {
  return answer.rows[0] === undefined ? undefined : toExecution(answer.rows[0]);
}

/** A row of `executions` as the model has it; for stores of later features that join it. */
export function toExecution(row: ExecutionRow): Execution {
  return {
    id: row.id,
    incidentId: row.incident_id,
    action: row.action,
    params: row.params,
    target: row.target,
    service: row.service,
    environment: row.environment,
    requestedBy: {
      teamId: row.requested_by_team,
      userId: row.requested_by_user,
      personId: row.requested_by_person,
    },
    requestedAt: row.requested_at,
    reason: row.reason,
    stepKey: row.step_key,
    playbookVersion: row.playbook_version,
    plan: row.plan,
    spec: row.spec,
    observedAt: row.observed_at,
    planHash: row.plan_hash,
    state: row.state,
    mode: row.mode,
    expiresAt: row.expires_at,
    approvedBy: row.approved_by,
    approvedAt: row.approved_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    endedBy: row.ended_by,
    outcome: row.outcome,
    progress: row.progress,
    observedAfter: row.observed_after,
    supersedes: row.supersedes,
    supersededBy: row.superseded_by,
  };
}
