import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import type { Execution } from '../executions/model.ts';
import { lockExecution } from '../executions/store.ts';
import type { SlackUser } from '../people/model.ts';
import { personIdOf } from '../people/resolve-person.ts';
import { accountsOf } from '../people/who.ts';
import { setDeadline } from '../queue/deadlines.ts';
import { wantSurface } from '../surfaces/want-surface.ts';
import { loadRequest } from './load-request.ts';
import { readNow } from '../db/read-now.ts';

type PostDeps = Pick<Deps, 'db' | 'enqueue' | 'config' | 'directory' | 'chat' | 'log'>;

/** Milliseconds after which the deputies are asked too, at P0 and P1. */
export const ESCALATE_AFTER_MS = 3 * 60_000;

/** Job `post-approval`: the card for whoever is on call to approve, and the timers of the request. */
export async function postApproval(
  deps: PostDeps,
  { executionId }: { readonly executionId: string },
): Promise<void> {
  const { execution, incident } = await loadRequest(deps, deps.db, executionId);
  if (execution.state !== 'awaiting-approval' || incident.channelId === null) return;
  const { channelId } = incident;
  // Before the card: a mention reaches only people who are in the channel.
  const asked = await approversAsked(deps, execution);
  await inviteThem(deps, channelId, asked);
  await deps.db.transaction(async (tx) => {
    // Locked: what was decided, expired or taken back while Slack was asked is not asked about any more.
    const current = await lockExecution(tx, executionId);
    if (current?.state !== 'awaiting-approval') return;
    const now = await readNow(tx);
    await wantSurface(tx, deps.enqueue, {
      kind: 'approval',
      subject: executionId,
      incidentId: incident.id,
      channelId,
      urgency: 1,
    });
    if (incident.severity === 'P0' || incident.severity === 'P1') {
      const dueAt = new Date(now.getTime() + ESCALATE_AFTER_MS);
      const timer = { key: executionId, payload: { executionId }, urgency: 1 };
      await setDeadline(tx, { ...timer, job: 'escalate-approval', dueAt });
    }
  });
}

/** A channel that takes no invitations is no reason to ask nobody: the card is posted all the same. */
export async function inviteThem(
  deps: Pick<Deps, 'chat' | 'log'>,
  channelId: string,
  asked: readonly SlackUser[],
): Promise<void> {
  if (asked.length === 0) return;
  try {
    await deps.chat.invite({ channelId, userIds: asked.map((user) => user.userId), urgency: 1 });
  } catch (error) {
    if (!(error instanceof CodedError) || error.retryable) throw error;
    deps.log.warn({ err: error, channelId }, 'who is to approve could not be invited; the card is posted');
  }
}

/** Whom the card asks first: the approvers on call, or the deputies when the only approver is who asks. */
export async function approversAsked(
  deps: Pick<Deps, 'config' | 'directory'>,
  execution: Execution,
): Promise<readonly SlackUser[]> {
  const first = await reachable(deps, deps.config.onCall.approvers, execution);
  return first.length > 0 ? first : deputiesAsked(deps, execution);
}

/** Whom it asks when the first do not answer. */
export async function deputiesAsked(
  deps: Pick<Deps, 'config' | 'directory'>,
  execution: Execution,
): Promise<readonly SlackUser[]> {
  return reachable(deps, deps.config.onCall.deputies, execution);
}

/** A group that Slack does not tell about now is left out: a card that calls nobody still can be decided, or glass broken. */
async function reachable(
  deps: Pick<Deps, 'config' | 'directory'>,
  refs: readonly string[],
  execution: Execution,
): Promise<readonly SlackUser[]> {
  const { teamId, personId } = execution.requestedBy;
  const found = await Promise.all(
    refs.map(async (ref) => {
      try {
        return await accountsOf(deps, [ref], teamId);
      } catch (error) {
        if (error instanceof CodedError && error.retryable) return [];
        throw error;
      }
    }),
  );
  const unique = new Map(found.flat().map((user) => [`${user.teamId}/${user.userId}`, user]));
  // The requester cannot decide, whichever of their accounts is on call.
  return [...unique.values()].filter((user) => personIdOf(deps.config, user) !== personId);
}
