import type { Deps } from '../deps.ts';
import type { Execution } from '../executions/model.ts';
import { readGroups } from './groups.ts';
import { loadRequest } from './load-request.ts';
import { decide, isGroup, mayBreakGlass } from './policy.ts';
import { listVotes } from './store.ts';

export interface Confirmation {
  readonly ok: boolean;
  /** Why not, as a sentence. */
  readonly reason: string;
  /** A group could not be read, so it is not known; a moment later it may be. */
  readonly cannotKnow: boolean;
}

/**
 * Asks once more, at the moment of acting, whether the approval holds: the votes as recorded, the policy as it is now,
 * the groups as Slack has them now, as of the instant of approval. Fails closed.
 */
export async function confirmApproval(
  deps: Pick<Deps, 'db' | 'config' | 'directory'>,
  execution: Execution,
): Promise<Confirmation> {
  const { request, policy } = await loadRequest(deps, deps.db, execution.id);
  const groups = await readGroups(deps, policy, execution.requestedBy.teamId, { fresh: true });
  const named = execution.mode === 'break-glass' ? policy.breakGlass : policy.approvers;
  const cannotKnow = named.some((ref) => isGroup(ref) && !groups.has(ref));
  if (execution.mode === 'break-glass') {
    const personId = execution.approvedBy[0]?.personId ?? '';
    const may = mayBreakGlass(request, policy, groups, personId);
    return { ok: may.allowed, reason: may.reason, cannotKnow };
  }
  const approvedAt = execution.approvedAt ?? request.expiresAt;
  const decision = decide(request, policy, await listVotes(deps.db, execution.id), groups, approvedAt);
  const reasons = [
    ...decision.notCounted.map(({ personId, why }) => `${personId}: ${why}`),
    ...decision.reasons,
  ];
  return { ok: decision.verdict === 'approved', reason: reasons.join(' '), cannotKnow };
}
