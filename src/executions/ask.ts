import { readNow } from '../db/read-now.ts';
import { findPolicy } from '../config/find-policy.ts';
import type { Policy } from '../config/model.ts';
import type { Queryable } from '../db/database.ts';
import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import type { Incident } from '../incidents/model.ts';
import { isOpen, urgencyOf } from '../incidents/model.ts';
import { shareIncident } from '../incidents/store.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Actor } from '../log/append-log.ts';
import { setDeadline } from '../queue/deadlines.ts';
import { wantSurface } from '../surfaces/want-surface.ts';
import type { Execution } from './model.ts';
import { planHash } from './plan-hash.ts';
import { lockExecution } from './store.ts';
import { transition } from './transition.ts';

export const INCIDENT_IS_OVER = 'The incident is over. Open a new one to change something.';

export interface AskInput {
  /** A draft with a plan. */
  readonly draft: Execution;
  readonly incident: Incident;
  readonly policy: Policy;
  readonly actor: Actor;
  readonly reason: string | null;
  readonly data?: JsonObject;
}

/**
 * Turns a planned draft into a request: takes the lock of its target, binds the plan to its hash and hands it to the
 * approvers, in the caller's transaction. Ends with the log row.
 * @throws the violation of `executions_one_per_target` when another execution holds the lock
 */
export async function ask(
  deps: Pick<Deps, 'enqueue'>,
  tx: Queryable,
  { draft, incident, policy, actor, reason, data }: AskInput,
): Promise<Execution> {
  const { id, spec } = draft;
  await requireUnchanged(tx, draft, incident.id);
  if (spec === null || draft.plan === null) {
    throw new CodedError('conflict', 'There is no plan to approve yet: the target was not observed.');
  }
  if (incident.channelId === null) {
    throw new CodedError('conflict', 'The incident has no channel yet. Try again in a moment.');
  }
  const now = await readNow(tx);
  const expiresAt = new Date(now.getTime() + policy.expiresAfterMinutes * 60_000);
  const urgency = urgencyOf(incident.severity);
  await deps.enqueue(tx, 'post-approval', { executionId: id }, { key: id, urgency });
  // With the lock and not with the card: a card that cannot be posted must not leave the target locked for ever.
  const payload = { executionId: id };
  await setDeadline(tx, { job: 'expire-approval', key: id, payload, dueAt: expiresAt, urgency: 1 });
  await wantSurface(tx, deps.enqueue, {
    kind: 'execution',
    subject: id,
    incidentId: incident.id,
    channelId: incident.channelId,
    urgency,
  });
  const moved = await transition(tx, id, 'requested', 'awaiting-approval', {
    actor,
    set: { planHash: planHash({ ...draft, spec, expiresAt }), expiresAt, reason },
    data: { policy: policy.name, ...data },
    ...(reason === null ? {} : { texts: { reason } }),
  });
  if (!moved.ok) throw new CodedError('conflict', moved.reason);
  return moved.execution;
}

/**
 * Locks incident and draft, and looks once more: nothing is asked for an incident that has ended, and what is asked is
 * what was shown to whoever asks.
 */
async function requireUnchanged(tx: Queryable, draft: Execution, incidentId: string): Promise<void> {
  const incident = await shareIncident(tx, incidentId);
  if (incident === undefined || !isOpen(incident)) throw new CodedError('conflict', INCIDENT_IS_OVER);
  const stored = await lockExecution(tx, draft.id);
  if (stored === undefined || shownOf(stored) !== shownOf(draft)) {
    throw new CodedError('conflict', 'It was changed a moment ago. Look at it again before you send it.');
  }
}

function shownOf({ action, service, target, params, spec }: Execution): string {
  return canonicalJson({ action, service, target, params, spec });
}

/** The policy that says who may ask for and approve this. @throws CodedError not_allowed when there is none */
export function requirePolicy(
  deps: Pick<Deps, 'config'>,
  execution: Pick<Execution, 'action' | 'service' | 'environment'>,
  incident: Incident,
): Policy {
  const { action, service, environment } = execution;
  const policy = findPolicy(deps.config.policies, {
    action,
    service,
    environment,
    severity: incident.severity,
  });
  if (policy !== undefined) return policy;
  throw new CodedError(
    'not_allowed',
    'No policy says who may approve this, so nobody may. See config/policies.yml.',
  );
}
