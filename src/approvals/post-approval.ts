import type { Deps } from '../deps.ts';
import type { Execution } from '../executions/model.ts';
import type { SlackUser } from '../people/model.ts';
import { sameUser } from '../people/model.ts';
import { accountsOf } from '../people/who.ts';
import { setDeadline } from '../queue/deadlines.ts';
import { wantSurface } from '../surfaces/want-surface.ts';
import { loadRequest, readNow } from './load-request.ts';

type PostDeps = Pick<Deps, 'db' | 'enqueue' | 'config' | 'directory' | 'chat'>;

/** Milliseconds after which the deputies are asked too, at P0 and P1. */
export const ESCALATE_AFTER_MS = 3 * 60_000;

/** Job `post-approval`: the card for whoever is on call to approve, and the timers of the request. */
export async function postApproval(
  deps: PostDeps,
  { executionId }: { readonly executionId: string },
): Promise<void> {
  const { execution, incident, request } = await loadRequest(deps, deps.db, executionId);
  if (execution.state !== 'awaiting-approval' || incident.channelId === null) return;
  const { channelId } = incident;
  // Before the card: a mention reaches only people who are in the channel.
  const asked = await approversAsked(deps, execution);
  await deps.chat.invite({ channelId, userIds: asked.map((user) => user.userId), urgency: 1 });
  await deps.db.transaction(async (tx) => {
    const now = await readNow(tx);
    await wantSurface(tx, deps.enqueue, {
      kind: 'approval',
      subject: executionId,
      incidentId: incident.id,
      channelId,
      urgency: 1,
    });
    const timer = { key: executionId, payload: { executionId }, urgency: 1 };
    await setDeadline(tx, { ...timer, job: 'expire-approval', dueAt: request.expiresAt });
    if (incident.severity === 'P0' || incident.severity === 'P1') {
      const dueAt = new Date(now.getTime() + ESCALATE_AFTER_MS);
      await setDeadline(tx, { ...timer, job: 'escalate-approval', dueAt });
    }
  });
}

/** Whom the card asks first: the approvers on call, or the deputies when the only approver is who asks. */
export async function approversAsked(
  deps: Pick<Deps, 'config' | 'directory'>,
  execution: Execution,
): Promise<readonly SlackUser[]> {
  const { teamId } = execution.requestedBy;
  const { onCall } = deps.config;
  const first = without(await accountsOf(deps, onCall.approvers, teamId), execution.requestedBy);
  return first.length > 0 ? first : deputiesAsked(deps, execution);
}

/** Whom it asks when the first do not answer. */
export async function deputiesAsked(
  deps: Pick<Deps, 'config' | 'directory'>,
  execution: Execution,
): Promise<readonly SlackUser[]> {
  const { teamId } = execution.requestedBy;
  return without(await accountsOf(deps, deps.config.onCall.deputies, teamId), execution.requestedBy);
}

function without(users: readonly SlackUser[], requester: SlackUser): readonly SlackUser[] {
  return users.filter((user) => !sameUser(user, requester));
}
