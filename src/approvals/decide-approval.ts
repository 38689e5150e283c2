import type { Queryable } from '../db/database.ts';
import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { STATE_WORDS, transition } from '../executions/transition.ts';
import { actorOf } from '../log/actor-of.ts';
import { appendLog } from '../log/append-log.ts';
import { isOpen } from '../incidents/model.ts';
import type { Person } from '../people/model.ts';
import { cancelDeadline } from '../queue/deadlines.ts';
import { refreshSurfaces } from '../surfaces/want-surface.ts';
import { readGroups } from './groups.ts';
import { INCIDENT_OVER, loadRequest } from './load-request.ts';
import { readNow } from '../db/read-now.ts';
import type { LoadedRequest } from './load-request.ts';
import type { Decision, GroupMembers, Verdict } from './model.ts';
import { decide, mayApprove } from './policy.ts';
import { insertVote, listVotes } from './store.ts';
import { tellRequester } from './tell-requester.ts';

export type DecideDeps = Pick<Deps, 'db' | 'enqueue' | 'config' | 'directory'>;

export interface GivenVote {
  readonly executionId: string;
  /** What the button says the person saw: the plan's hash, or the first characters of it. */
  readonly planHash: string;
  readonly person: Person;
  readonly verdict: Verdict;
  /** Why; needed for a denial. */
  readonly reason: string | null;
}

const TOO_LATE = 'The time to approve it is over. Whoever needs it can ask again.';

/**
 * Takes one person's decision: checks that they may (groups read now), records the vote, and when the policy is
 * satisfied approves the execution and hands it on, all in one transaction. Two clicks at once, or an approval and a
 * denial at once: one conditional UPDATE settles it and the other person is told.
 * @returns a sentence for the person who clicked
 */
export async function decideApproval(deps: DecideDeps, given: GivenVote): Promise<string> {
  const loaded = await loadRequest(deps, deps.db, given.executionId);
  const groups = await readGroups(deps, loaded.policy, given.person.teamId);
  const refusal = whyRefused(loaded, groups, given, await readNow(deps.db));
  if (refusal !== undefined) return refuse(deps, loaded, given, refusal);
  const settled = await deps.db.transaction((tx) => settle(deps, tx, given, groups));
  return typeof settled === 'string' ? settled : refuse(deps, settled.loaded, given, settled.refusal);
}

interface Refused {
  readonly loaded: LoadedRequest;
  readonly refusal: string;
}

async function refuse(
  deps: DecideDeps,
  loaded: LoadedRequest,
  given: GivenVote,
  refusal: string,
): Promise<never> {
  await logRefusal(deps, loaded, given, refusal);
  throw new CodedError('not_allowed', refusal, { details: { logged: true } });
}

function whyRefused(
  loaded: LoadedRequest,
  groups: GroupMembers,
  given: GivenVote,
  now: Date,
): string | undefined {
  const { execution, incident, request, policy } = loaded;
  if (execution.state !== 'awaiting-approval') return undefined;
  // A denial may still be said; nothing is run for what is over.
  if (given.verdict === 'approve' && !isOpen(incident)) return INCIDENT_OVER;
  const may = mayApprove(request, policy, groups, given.person.personId);
  if (!may.allowed) return may.reason;
  if (given.planHash.length < 12 || !request.planHash.startsWith(given.planHash)) {
    return 'The plan has changed since you saw it. Look at the newest card.';
  }
  if (now.getTime() >= request.expiresAt.getTime()) return TOO_LATE;
  return undefined;
}

/** Inside the transaction everything is read again: what was checked outside may have moved. */
async function settle(
  deps: DecideDeps,
  tx: Queryable,
  given: GivenVote,
  groups: GroupMembers,
): Promise<string | Refused> {
  await tx.query('select from executions where id = $1 for update', [given.executionId]);
  const loaded = await loadRequest(deps, tx, given.executionId);
  const { execution, request, policy } = loaded;
  if (execution.state !== 'awaiting-approval') return alreadyDecided(execution.state);
  // Severity, and with it the policy, may have changed since the person was let through.
  const refusal = whyRefused(loaded, groups, given, await readNow(tx));
  if (refusal !== undefined) return { loaded, refusal };
  const { person, verdict, reason } = given;
  const vote = { executionId: execution.id, person, verdict, planHash: request.planHash, reason };
  if (!(await insertVote(tx, vote))) return 'Your decision was recorded already.';
  await refreshSurfaces(tx, deps.enqueue, 'approval', execution.id);
  await refreshSurfaces(tx, deps.enqueue, 'execution', execution.id);
  const decision = decide(request, policy, await listVotes(tx, execution.id), groups, await readNow(tx));
  return conclude(deps, tx, given, { loaded, decision });
}

async function conclude(
  deps: DecideDeps,
  tx: Queryable,
  given: GivenVote,
  { loaded, decision }: { readonly loaded: LoadedRequest; readonly decision: Decision },
): Promise<string> {
  switch (decision.verdict) {
    case 'approved':
      return approve(deps, tx, given, decision.counted);
    case 'denied':
      await tellRequester(tx, deps, loaded);
      return deny(tx, given);
    case 'expired':
      // Rolls the vote back: a click after the end changes nothing.
      throw new CodedError('conflict', TOO_LATE);
    case 'waiting':
    case 'cannot-know':
      await logVote(tx, given, loaded.incident.id, decision.missing);
      return `Recorded. Still needed: ${decision.reasons.join(' ')}`;
  }
}

async function approve(
  deps: DecideDeps,
  tx: Queryable,
  given: GivenVote,
  counted: readonly string[],
): Promise<string> {
  const votes = await listVotes(tx, given.executionId);
  const approvedBy = votes
    .filter((vote) => counted.includes(vote.personId))
    .map(({ teamId, userId, personId }) => ({ teamId, userId, personId }));
  await cancelTimers(tx, given.executionId);
  await deps.enqueue(
    tx,
    'execute-action',
    { executionId: given.executionId },
    { key: given.executionId, urgency: 1 },
  );
  const moved = await transition(tx, given.executionId, 'awaiting-approval', 'approved', {
    actor: actorOf(given.person),
    set: { approvedBy, mode: 'approval' },
    stamp: ['approved_at'],
    guard: { notExpired: true, requesterIsNot: given.person.personId },
    data: { approvers: approvedBy.map(({ teamId, userId }) => ({ teamId, userId })) },
  });
  // Throwing rolls everything back, the vote and the job included.
  if (!moved.ok) throw new CodedError('conflict', moved.reason);
  return 'Approved. It starts now.';
}

async function deny(tx: Queryable, given: GivenVote): Promise<string> {
  await cancelTimers(tx, given.executionId);
  const moved = await transition(tx, given.executionId, 'awaiting-approval', 'denied', {
    actor: actorOf(given.person),
    set: {
      endedBy: { teamId: given.person.teamId, userId: given.person.userId },
      outcome: `Denied: ${given.reason ?? ''}`.trim(),
    },
    texts: { reason: given.reason ?? '' },
  });
  if (!moved.ok) throw new CodedError('conflict', moved.reason);
  return 'Denied. The requester is told why.';
}

/** Nothing more is due for a request that has been decided. */
export async function cancelTimers(tx: Queryable, executionId: string): Promise<void> {
  await cancelDeadline(tx, 'escalate-approval', executionId);
  await cancelDeadline(tx, 'expire-approval', executionId);
}

async function logVote(tx: Queryable, given: GivenVote, incidentId: string, missing: number): Promise<void> {
  await appendLog(tx, {
    incidentId,
    kind: 'approval.given',
    actor: actorOf(given.person),
    data: { execution: given.executionId, verdict: given.verdict, missing },
  });
}

async function logRefusal(
  deps: DecideDeps,
  loaded: LoadedRequest,
  given: GivenVote,
  reason: string,
): Promise<void> {
  await deps.db.transaction((tx) =>
    appendLog(tx, {
      incidentId: loaded.incident.id,
      kind: 'approval.refused',
      actor: actorOf(given.person),
      data: {
        execution: given.executionId,
        action: loaded.execution.action,
        target: loaded.execution.target,
        verdict: given.verdict,
      },
      // Names who may approve, so it is a text that can be erased.
      texts: { reason },
    }),
  );
}

function alreadyDecided(state: keyof typeof STATE_WORDS): string {
  return `Nothing to decide any more: it is ${STATE_WORDS[state]}.`;
}
