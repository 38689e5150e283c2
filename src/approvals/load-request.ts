import { findPolicy } from '../config/find-policy.ts';
import type { Config, Policy } from '../config/model.ts';
import type { Queryable } from '../db/database.ts';
import { CodedError } from '../errors.ts';
import type { Execution } from '../executions/model.ts';
import { getExecution } from '../executions/store.ts';
import type { Incident } from '../incidents/model.ts';
import { getIncident } from '../incidents/store.ts';
import { personIdOf } from '../people/resolve-person.ts';
import type { ApprovalRequest } from './model.ts';

/** Why nothing is run any more, for every door. */
export const INCIDENT_OVER =
  'The incident is over, so nothing runs for it any more. Whoever still needs this opens a new one.';

export interface LoadedRequest {
  readonly execution: Execution;
  readonly incident: Incident;
  readonly policy: Policy;
  readonly request: ApprovalRequest;
}

/**
 * Everything about a request that a decision looks at, as stored now.
 * @throws CodedError `not_found` when there is no such request, `not_allowed` when no policy lets anybody approve it
 */
export async function loadRequest(
  deps: { readonly config: Pick<Config, 'policies' | 'people'> },
  db: Queryable,
  executionId: string,
): Promise<LoadedRequest> {
  const execution = await getExecution(db, executionId);
  const incident = execution === undefined ? undefined : await getIncident(db, execution.incidentId);
  if (execution === undefined || incident === undefined) {
    throw new CodedError('not_found', 'There is no such request any more.');
  }
  const policy = findPolicy(deps.config.policies, {
    action: execution.action,
    service: execution.service,
    environment: execution.environment,
    severity: incident.severity,
  });
  if (policy === undefined) {
    throw new CodedError(
      'not_allowed',
      'No policy says who may approve this, so nobody may. See config/policies.yml.',
    );
  }
  const { planHash, expiresAt, plan } = execution;
  if (planHash === null || expiresAt === null || plan === null) {
    throw new CodedError(
      'conflict',
      'There is no plan to approve: the target could not be read when it was asked for.',
    );
  }
  const request: ApprovalRequest = {
    planHash,
    requester: execution.requestedBy.personId,
    // Also as whom configuration knows them now: an account that got its person since is still the requester's.
    editors: [personIdOf(deps.config, execution.requestedBy)],
    severity: incident.severity,
    reversible: plan.reversible,
    expiresAt,
  };
  return { execution, incident, policy, request };
}
