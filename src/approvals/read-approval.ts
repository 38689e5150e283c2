import type { Deps } from '../deps.ts';
import type { Execution } from '../executions/model.ts';
import type { Incident } from '../incidents/model.ts';
import type { SlackUser } from '../people/model.ts';
import { readGroups } from './groups.ts';
import { loadRequest } from './load-request.ts';
import type { Decision, Vote } from './model.ts';
import { decide } from './policy.ts';
import { approversAsked, deputiesAsked } from './post-approval.ts';
import { getBreakGlassUse, listVotes } from './store.ts';
import type { BreakGlassUse } from './store.ts';

/** What the approval card shows. */
export interface ApprovalPicture {
  readonly execution: Execution;
  readonly incident: Incident;
  readonly policyName: string;
  readonly needed: number;
  readonly decision: Decision;
  readonly votes: readonly Vote[];
  readonly asked: readonly SlackUser[];
  readonly deputies: readonly SlackUser[];
  readonly breakGlassOffered: boolean;
  readonly breakGlass: BreakGlassUse | null;
}

/** Reads what the card shows, as of now. */
export async function readApproval(
  deps: Pick<Deps, 'db' | 'config' | 'directory'>,
  executionId: string,
): Promise<ApprovalPicture> {
  const { execution, incident, policy, request } = await loadRequest(deps, deps.db, executionId);
  const votes = await listVotes(deps.db, executionId);
  const groups = await readGroups(deps, policy, execution.requestedBy.teamId);
  const severe = incident.severity === 'P0' || incident.severity === 'P1';
  return {
    execution,
    incident,
    policyName: policy.name,
    needed: policy.needed,
    // The card names no clock: whether the time is over shows in the execution's state.
    decision: decide(request, policy, votes, groups, execution.requestedAt),
    votes,
    asked: await approversAsked(deps, execution),
    deputies: await deputiesAsked(deps, execution),
    breakGlassOffered: severe && request.reversible && policy.breakGlass.length > 0,
    breakGlass: (await getBreakGlassUse(deps.db, executionId)) ?? null,
  };
}
