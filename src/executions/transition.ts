import type { Queryable } from '../db/database.ts';
import { CodedError } from '../errors.ts';
import type { JsonObject } from '../lib/json.ts';
import { appendLog } from '../log/append-log.ts';
import type { Actor } from '../log/append-log.ts';
import type { Person, SlackUser } from '../people/model.ts';
import { mayMove } from './model.ts';
import type { Execution, ExecutionMode, ExecutionState, Progress } from './model.ts';
import { getExecution, toExecution } from './store.ts';

export interface TransitionFields {
  /** Who moves it, for the log. */
  readonly actor: Actor;
  /** Columns that change with the state. Times are the database's: see `stamp`. */
  readonly set?: TransitionSet;
  /** Columns that take app.now(). */
  readonly stamp?: readonly ('approved_at' | 'started_at')[];
  readonly guard?: TransitionGuard;
  /** Facts for the log row besides action, target and states. */
  readonly data?: JsonObject;
  readonly texts?: Readonly<Record<string, string>>;
}

export interface TransitionSet {
  readonly reason?: string | null;
  readonly planHash?: string;
  readonly expiresAt?: Date;
  readonly mode?: ExecutionMode;
  readonly approvedBy?: readonly Person[];
  readonly endedBy?: SlackUser;
  readonly outcome?: string;
  readonly progress?: Progress;
  readonly observedAfter?: JsonObject;
  readonly supersededBy?: string;
}

/** Further conditions of the one UPDATE; all must hold by the database's own clock and row. */
export interface TransitionGuard {
  /** The plan that was seen is still the plan. */
  readonly planHash?: string;
  /** The approval's window is still open. */
  readonly notExpired?: true;
  /** The approval is at most this old. */
  readonly approvedWithinSeconds?: number;
  /** Whoever asked may not be this person. */
  readonly requesterIsNot?: string;
}

export type TransitionAnswer =
  | { readonly ok: true; readonly execution: Execution }
  | { readonly ok: false; readonly execution: Execution | undefined; readonly reason: string };

/**
 * Moves an execution from one state to another: one conditional UPDATE settles a race, and one log row tells it. Call
 * it last in the transaction (the log row is). A refused move changes nothing, logs nothing and says why.
 */
export async function transition(
  tx: Queryable,
  id: string,
  from: ExecutionState | readonly ExecutionState[],
  to: ExecutionState,
  fields: TransitionFields,
): Promise<TransitionAnswer> {
  const origins = typeof from === 'string' ? [from] : from;
  for (const origin of origins) {
    if (!mayMove(origin, to)) {
      throw new CodedError('internal', `An execution never goes from ${origin} to ${to}.`);
    }
  }
  const moved = await update(tx, id, origins, to, fields);
  if (moved === undefined) {
    return refuse(await getExecution(tx, id), origins, to, fields.guard ?? {});
  }
  await appendLog(tx, {
    incidentId: moved.incidentId,
    kind: LOG_KINDS[to],
    actor: fields.actor,
    data: { ...namesOf(moved), ...fields.data },
    ...(fields.texts === undefined ? {} : { texts: fields.texts }),
  });
  return { ok: true, execution: moved };
}

function namesOf({ id, action, target, service, environment, state }: Execution): JsonObject {
  return { execution: id, action, target, service, environment, state };
}

const LOG_KINDS: Readonly<Record<ExecutionState, string>> = {
  requested: 'action.drafted',
  'awaiting-approval': 'action.requested',
  approved: 'action.approved',
  running: 'action.started',
  verifying: 'action.applied',
  succeeded: 'action.succeeded',
  failed: 'action.failed',
  unknown: 'action.outcome-unknown',
  denied: 'action.denied',
  expired: 'action.expired',
  cancelled: 'action.cancelled',
  superseded: 'action.superseded',
  'by-hand': 'action.done-by-hand',
};

const ENDS: ReadonlySet<ExecutionState> = new Set([
  'succeeded',
  'failed',
  'unknown',
  'denied',
  'expired',
  'cancelled',
  'superseded',
  'by-hand',
]);

async function update(
  tx: Queryable,
  id: string,
  origins: readonly ExecutionState[],
  to: ExecutionState,
  fields: TransitionFields,
): Promise<Execution | undefined> {
  const values: unknown[] = [id, origins, to];
  const place = (value: unknown): string => `$${values.push(value)}`;
  const changes = [
    'state = $3',
    ...assignments(fields.set ?? {}, place),
    ...(fields.stamp ?? []).map((column) => `${column} = app.now()`),
    ...(ENDS.has(to) ? ['ended_at = app.now()', 'lease_owner = null', 'lease_until = null'] : []),
  ];
  const conditions = ['id = $1', 'state = any($2)', ...guardConditions(fields.guard ?? {}, place)];
  const answer = await tx.query<Parameters<typeof toExecution>[0]>(
    `update executions set ${changes.join(', ')} where ${conditions.join(' and ')} returning *`,
    values,
  );
  return answer.rows[0] === undefined ? undefined : toExecution(answer.rows[0]);
}

const COLUMNS: Readonly<Record<keyof TransitionSet, { readonly column: string; readonly json: boolean }>> = {
  reason: { column: 'reason', json: false },
  planHash: { column: 'plan_hash', json: false },
  expiresAt: { column: 'expires_at', json: false },
  mode: { column: 'mode', json: false },
  approvedBy: { column: 'approved_by', json: true },
  endedBy: { column: 'ended_by', json: true },
  outcome: { column: 'outcome', json: false },
  progress: { column: 'progress', json: true },
  observedAfter: { column: 'observed_after', json: true },
  supersededBy: { column: 'superseded_by', json: false },
};

function assignments(set: TransitionSet, place: (value: unknown) => string): string[] {
  return Object.entries(COLUMNS).flatMap(([name, { column, json }]) => {
    const value: unknown = Object.entries(set).find(([key]) => key === name)?.[1];
    return value === undefined ? [] : [`${column} = ${place(json ? JSON.stringify(value) : value)}`];
  });
}

function guardConditions(guard: TransitionGuard, place: (value: unknown) => string): string[] {
  const conditions: string[] = [];
  if (guard.planHash !== undefined) conditions.push(`plan_hash = ${place(guard.planHash)}`);
  if (guard.notExpired === true) conditions.push('expires_at > app.now()');
  if (guard.approvedWithinSeconds !== undefined) {
    conditions.push(
      `approved_at >= app.now() - make_interval(secs => ${place(guard.approvedWithinSeconds)})`,
    );
  }
  if (guard.requesterIsNot !== undefined) {
    conditions.push(`requested_by_person <> ${place(guard.requesterIsNot)}`);
  }
  return conditions;
}

function refuse(
  execution: Execution | undefined,
  origins: readonly ExecutionState[],
  to: ExecutionState,
  guard: TransitionGuard,
): TransitionAnswer {
  if (execution === undefined) {
    return { ok: false, execution, reason: 'There is no such request any more.' };
  }
  const reason = origins.includes(execution.state)
    ? guardReason(execution, guard)
    : `It is ${STATE_WORDS[execution.state]}, so it cannot become ${STATE_WORDS[to]}.`;
  return { ok: false, execution, reason };
}

function guardReason(execution: Execution, guard: TransitionGuard): string {
  if (guard.planHash !== undefined && guard.planHash !== execution.planHash) {
    return 'The plan has changed since: ask again.';
  }
  if (guard.requesterIsNot === execution.requestedBy.personId) {
    return 'Whoever asks for an action cannot approve it.';
  }
  return guard.approvedWithinSeconds === undefined
    ? 'The time to approve it is over: ask again.'
    : `It did not start within ${guard.approvedWithinSeconds} s of its approval: ask again.`;
}

/** States as people say them, for sentences with "it is …". */
export const STATE_WORDS: Readonly<Record<ExecutionState, string>> = {
  requested: 'not sent yet',
  'awaiting-approval': 'waiting for approval',
  approved: 'approved',
  running: 'running',
  verifying: 'being verified',
  succeeded: 'done',
  failed: 'failed',
  unknown: 'of unknown outcome',
  denied: 'denied',
  expired: 'expired',
  cancelled: 'cancelled',
  superseded: 'replaced by a newer request',
  'by-hand': 'done by hand',
};
