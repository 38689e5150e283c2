import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import type { Incident } from '../incidents/model.ts';
import { getIncident } from '../incidents/store.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Person } from '../people/model.ts';
import { boundAction, requireService } from './bound-action.ts';
import type { BoundAction, Observed } from './define-action.ts';
import type { Execution } from './model.ts';
import { findLiveExecution, getExecution, insertDraft, updateDraft } from './store.ts';

export interface DraftInput {
  readonly incident: Incident;
  readonly actionId: string;
  /** Id of a service; the incident's own unless given. */
  readonly service?: string;
  readonly params?: JsonObject;
  readonly person: Person;
  /** The checklist's step it is asked from, and the hash of that playbook's text. */
  readonly step?: { readonly key: string; readonly playbookVersion: string };
}

export type DraftDeps = Pick<Deps, 'db' | 'newId' | 'config' | 'actions' | 'cluster' | 'probeHealth' | 'log'>;

/**
 * Stores what a person is about to ask for, before anything is known about the target: the modal carries this row's
 * id and nothing else. Nobody is asked and nothing is locked yet. A draft without a service waits for one to be picked.
 */
export async function draftAction(deps: DraftDeps, input: DraftInput): Promise<Execution> {
  const { incident, actionId, person, step } = input;
  if (!deps.actions.has(actionId)) {
    throw new CodedError(
      'not_found',
      `There is no action ${actionId}. Known: ${[...deps.actions.keys()].join(', ')}.`,
    );
  }
  const id = deps.newId();
  const service = input.service ?? incident.service;
  if (service !== null) requireService(deps.config, service);
  await insertDraft(deps.db, {
    id,
    incidentId: incident.id,
    action: actionId,
    params: input.params ?? {},
    target: `service:${service ?? 'none'}`,
    service,
    environment: service === null ? 'unknown' : requireService(deps.config, service).environment,
    requestedBy: person,
    stepKey: step?.key ?? null,
    playbookVersion: step?.playbookVersion ?? null,
    supersedes: null,
    reason: null,
  });
  return requireExecution(deps, id);
}

export type DraftAnswer =
  | { readonly kind: 'planned'; readonly execution: Execution }
  | { readonly kind: 'needs-service'; readonly execution: Execution }
  /** The action has parameters that were not given, or not rightly; `parameter` is the first of them. */
  | {
      readonly kind: 'needs-params';
      readonly execution: Execution;
      readonly paramsSchema: JsonObject;
      readonly parameter: string;
      readonly reason: string;
    }
  /** It makes no sense now: paused, nothing runs. */
  | { readonly kind: 'refused'; readonly execution: Execution; readonly reason: string }
  /** Nothing can be seen; the same can be done by hand. */
  | {
      readonly kind: 'unseen';
      readonly execution: Execution;
      readonly reason: string;
      readonly command: string;
    }
  /** Somebody else's execution holds the lock of the target. */
  | { readonly kind: 'locked'; readonly execution: Execution; readonly lock: LockHolder };

export interface LockHolder {
  readonly execution: Execution;
  readonly incident: Incident;
}

/** Milliseconds for looking at the target while a person waits. */
export const DECIDING_READ_TIMEOUT = 2_000;

/** Looks at the target and stores the plan that follows in the draft. */
export async function observeDraft(
  deps: DraftDeps,
  executionId: string,
  options: { readonly timeoutMs: number } = { timeoutMs: DECIDING_READ_TIMEOUT },
): Promise<DraftAnswer> {
  const execution = await requireExecution(deps, executionId);
  if (execution.state !== 'requested') {
    throw new CodedError('conflict', 'This has been sent already. Look at its card in the channel.');
  }
  if (execution.service === null) return { kind: 'needs-service', execution };
  const action = bindDraft(deps, execution);
  if ('kind' in action) return action;
  const seen = await look(deps, action, options);
  if (seen instanceof CodedError) {
    deps.log.warn({ err: seen, execution: executionId }, 'a target could not be observed for a plan');
    return { kind: 'unseen', execution, reason: seen.userMessage, command: action.manualCommand };
  }
  return planDraft(deps, execution, { seen, params: action.params });
}

/** The action, or the question for the parameters that it still needs. */
function bindDraft(
  deps: DraftDeps,
  execution: Execution,
): BoundAction | Extract<DraftAnswer, { kind: 'needs-params' }> {
  try {
    return boundAction(deps, execution);
  } catch (error) {
    const parameter = error instanceof CodedError ? error.details['parameter'] : undefined;
    const paramsSchema = deps.actions.get(execution.action)?.paramsSchema;
    if (!(error instanceof CodedError) || typeof parameter !== 'string' || parameter === '') throw error;
    if (paramsSchema === undefined) throw error;
    return { kind: 'needs-params', execution, paramsSchema, parameter, reason: error.userMessage };
  }
}

async function look(
  deps: DraftDeps,
  action: BoundAction,
  options: { readonly timeoutMs: number },
): Promise<Observed | CodedError> {
  try {
    const readers = { cluster: deps.cluster, health: deps.probeHealth };
    return await action.observe(readers, options);
  } catch (error) {
    if (error instanceof CodedError && error.code !== 'bad_input' && error.code !== 'internal') return error;
    throw error;
  }
}

async function planDraft(
  deps: DraftDeps,
  execution: Execution,
  { seen, params }: { readonly seen: Observed; readonly params: JsonObject },
): Promise<DraftAnswer> {
  const answer = seen.plan();
  if (!answer.ok) return { kind: 'refused', execution, reason: answer.reason };
  const { target, spec } = seen;
  const planned = await updateDraft(deps.db, execution.id, { target, spec, plan: answer.plan, params });
  if (planned === undefined) throw new CodedError('conflict', 'This has been sent already.');
  const lock = await findLock(deps, target);
  return lock === undefined
    ? { kind: 'planned', execution: planned }
    : { kind: 'locked', execution: planned, lock };
}

/** Who holds the lock of a target, with the incident it is for. */
export async function findLock(deps: Pick<Deps, 'db'>, target: string): Promise<LockHolder | undefined> {
  const execution = await findLiveExecution(deps.db, target);
  const incident = execution && (await getIncident(deps.db, execution.incidentId));
  return execution === undefined || incident === undefined ? undefined : { execution, incident };
}

/** Changes the service or the parameters of a draft; what was observed before is forgotten. */
export async function changeDraft(
  deps: DraftDeps,
  change: {
    readonly executionId: string;
    readonly person: Person;
    readonly service?: string;
    readonly params?: JsonObject;
  },
  options?: { readonly timeoutMs: number },
): Promise<DraftAnswer> {
  const draft = await requireExecution(deps, change.executionId);
  if (draft.requestedBy.personId !== change.person.personId) {
    throw new CodedError('not_allowed', 'Only whoever opened this request can change it.');
  }
  const service = change.service ?? draft.service;
  const { environment } = service === null ? draft : requireService(deps.config, service);
  await deps.db.query(
    `update executions set service = $2, environment = $3, target = $4, params = $5, plan = null, spec = null, observed_at = null
     where id = $1 and state = 'requested'`,
    [
      draft.id,
      service,
      environment,
      `service:${service ?? 'none'}`,
      JSON.stringify(change.params ?? draft.params),
    ],
  );
  return observeDraft(deps, draft.id, options);
}

export async function requireExecution(deps: Pick<Deps, 'db'>, id: string): Promise<Execution> {
  const execution = await getExecution(deps.db, id);
  if (execution === undefined) throw new CodedError('not_found', 'There is no such request any more.');
  return execution;
}
