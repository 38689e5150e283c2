import { readGroups } from '../approvals/groups.ts';
import { isGroup } from '../approvals/policy.ts';
import { constraintOf } from '../db/database-error.ts';
import type { Policy } from '../config/model.ts';
import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { isOpen } from '../incidents/model.ts';
import type { Incident } from '../incidents/model.ts';
import { getIncident } from '../incidents/store.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { JsonObject } from '../lib/json.ts';
import { actorOf } from '../log/actor-of.ts';
import { appendLog } from '../log/append-log.ts';
import type { Person } from '../people/model.ts';
import { ask, INCIDENT_IS_OVER, requirePolicy } from './ask.ts';
import { findLock, observeDraft, requireExecution } from './draft-action.ts';
import type { DraftAnswer, DraftDeps } from './draft-action.ts';
import type { Execution } from './model.ts';

export type RequestDeps = DraftDeps & Pick<Deps, 'enqueue' | 'directory'>;

export interface RequestInput {
  /** The draft that the person saw. */
  readonly executionId: string;
  readonly person: Person;
  /** One line: why. */
  readonly reason: string | null;
}

export type RequestAnswer =
  | { readonly kind: 'asked'; readonly execution: Execution }
  /** The plan became too old to ask for, and what is seen now is not what the person saw, or cannot be asked for. */
  | { readonly kind: 'look-again'; readonly draft: DraftAnswer };

/** Seconds that a plan may be old when it is sent; then the target is looked at again first. */
const FRESH_FOR = 60;
/** Milliseconds for looking again while a person waits for the answer to their click, which has 2 s in all. */
const SECOND_LOOK_TIMEOUT = 1_500;

/**
 * Sends a draft to the approvers. The lock of the target is taken before anyone is asked; who holds it is named to
 * whoever comes second. Sending twice asks once.
 */
export async function requestAction(deps: RequestDeps, input: RequestInput): Promise<RequestAnswer> {
  const draft = await requireExecution(deps, input.executionId);
  if (draft.requestedBy.personId !== input.person.personId) {
    throw new CodedError('not_allowed', 'Only whoever opened this request can send it.');
  }
  if (draft.state !== 'requested') return { kind: 'asked', execution: draft };
  const incident = await requireOpenIncident(deps, draft);
  const policy = requirePolicy(deps, draft, incident);
  await refuseUnlessRequester(deps, policy, input.person, draft);
  if (await isFresh(deps, draft.id)) return takeLock(deps, { draft, incident, policy, ...input });
  const again = await observeDraft(deps, draft.id, { timeoutMs: SECOND_LOOK_TIMEOUT });
  // Only a changed specification is another plan; pods come and go all the time.
  return again.kind === 'planned' && canonicalJson(again.execution.spec) === canonicalJson(draft.spec)
    ? takeLock(deps, { draft: again.execution, incident, policy, ...input })
    : { kind: 'look-again', draft: again };
}

async function takeLock(
  deps: RequestDeps,
  { draft, incident, policy, person, reason }: RequestInput & AskFor,
): Promise<RequestAnswer> {
  try {
    const execution = await deps.db.transaction((tx) =>
      ask(deps, tx, { draft, incident, policy, actor: actorOf(person), reason }),
    );
    return { kind: 'asked', execution };
  } catch (error) {
    if (constraintOf(error) !== 'executions_one_per_target') throw error;
    const lock = await findLock(deps, draft.target);
    if (lock === undefined) {
      throw new CodedError('conflict', 'Somebody else was faster and is done already. Look again and retry.');
    }
    await logRefusal(deps, draft, person, { why: 'locked', holder: lock.execution.id });
    return { kind: 'look-again', draft: { kind: 'locked', execution: draft, lock } };
  }
}

interface AskFor {
  readonly draft: Execution;
  readonly incident: Incident;
  readonly policy: Policy;
}

async function requireOpenIncident(deps: RequestDeps, draft: Execution): Promise<Incident> {
  const incident = await getIncident(deps.db, draft.incidentId);
  if (incident === undefined || !isOpen(incident)) {
    throw new CodedError('conflict', INCIDENT_IS_OVER);
  }
  return incident;
}

/** A policy may say who asks; without a list any full member may. */
async function refuseUnlessRequester(
  deps: RequestDeps,
  policy: Policy,
  person: Person,
  draft: Execution,
): Promise<void> {
  if (policy.requesters.length === 0) return;
  const groups = await readGroups(deps, policy, person.teamId);
  const isListed = policy.requesters.some((ref) =>
    isGroup(ref) ? (groups.get(ref) ?? []).includes(person.personId) : ref === person.personId,
  );
  if (isListed) return;
  await logRefusal(deps, draft, person, { why: 'not a requester', policy: policy.name });
  throw new CodedError(
    'not_allowed',
    `Policy "${policy.name}" lets only ${policy.requesters.join(', ')} ask for this.`,
    { details: { logged: true } },
  );
}

async function isFresh(deps: RequestDeps, executionId: string): Promise<boolean> {
  const answer = await deps.db.query<{ fresh: boolean | null }>(
    `select observed_at >= app.now() - make_interval(secs => $2) as fresh from executions where id = $1`,
    [executionId, FRESH_FOR],
  );
  return answer.rows[0]?.fresh ?? false;
}

async function logRefusal(
  deps: RequestDeps,
  draft: Execution,
  person: Person,
  why: JsonObject,
): Promise<void> {
  await deps.db.transaction((tx) =>
    appendLog(tx, {
      incidentId: draft.incidentId,
      kind: 'action.refused',
      actor: actorOf(person),
      data: { action: draft.action, target: draft.target, ...why },
    }),
  );
}
