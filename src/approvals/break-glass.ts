import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { STATE_WORDS, transition } from '../executions/transition.ts';
import { actorOf } from '../log/actor-of.ts';
import { appendLog } from '../log/append-log.ts';
import { isOpen } from '../incidents/model.ts';
import type { Person } from '../people/model.ts';
import { refreshSurfaces, wantSurface } from '../surfaces/want-surface.ts';
import { cancelTimers } from './decide-approval.ts';
import { readGroups } from './groups.ts';
import { INCIDENT_OVER, loadRequest } from './load-request.ts';
import { BREAK_GLASS_REASONS } from './model.ts';
import type { BreakGlassReason, GroupMembers } from './model.ts';
import { mayApprove, mayBreakGlass } from './policy.ts';
import { getBreakGlassUse, insertBreakGlassUse, recordReview } from './store.ts';

type BreakGlassDeps = Pick<Deps, 'db' | 'enqueue' | 'config' | 'directory'>;

export interface BreakGlassInput {
  readonly executionId: string;
  readonly person: Person;
  readonly reasonCode: string;
  /** One line in the person's words. */
  readonly line: string;
}

/** The page of the surface `approval` that tells the manager on call at once. */
export const BROKEN_GLASS_PAGE = 2;

/**
 * A listed person runs a reversible action alone, at P0 or P1, with a reason picked and one line. The manager on call
 * is told at once; a review by another manager blocks closing the incident.
 */
export async function breakGlass(deps: BreakGlassDeps, input: BreakGlassInput): Promise<string> {
  const reasonCode = parseReason(input.reasonCode);
  if (input.line.trim().length < 5) throw new CodedError('bad_input', 'Say in one line why it cannot wait.');
  const { incident, policy, request } = await loadRequest(deps, deps.db, input.executionId);
  const groups = await readGroups(deps, policy, input.person.teamId);
  const may = mayBreakGlass(request, policy, groups, input.person.personId);
  if (!may.allowed) return refuse(deps, input, { incidentId: incident.id, reason: may.reason });
  const refusal = await run(deps, { ...input, reasonCode }, { channelId: incident.channelId, groups });
  if (refusal !== undefined) return refuse(deps, input, { incidentId: incident.id, reason: refusal });
  return 'Glass broken: it starts now. The manager on call has been told, and another manager will review it.';
}

async function refuse(
  deps: BreakGlassDeps,
  input: { readonly executionId: string; readonly person: Person },
  why: { readonly incidentId: string; readonly reason: string; readonly review?: true },
): Promise<never> {
  await deps.db.transaction((tx) =>
    appendLog(tx, {
      incidentId: why.incidentId,
      kind: why.review === true ? 'break-glass.review-refused' : 'break-glass.refused',
      actor: actorOf(input.person),
      data: { execution: input.executionId },
      texts: { reason: why.reason },
    }),
  );
  throw new CodedError('not_allowed', why.reason, { details: { logged: true } });
}

/** @returns why it is refused after all; undefined when it runs */
async function run(
  deps: BreakGlassDeps,
  input: BreakGlassInput & { readonly reasonCode: BreakGlassReason },
  { channelId, groups }: { readonly channelId: string | null; readonly groups: GroupMembers },
): Promise<string | undefined> {
  const { executionId, person, reasonCode, line } = input;
  return deps.db.transaction(async (tx) => {
    await tx.query('select from executions where id = $1 for update', [executionId]);
    const { execution, incident, policy, request } = await loadRequest(deps, tx, executionId);
    if (execution.state !== 'awaiting-approval') {
      throw new CodedError('conflict', `Nothing to run: it is ${STATE_WORDS[execution.state]}.`);
    }
    if (!isOpen(incident)) return INCIDENT_OVER;
    // Severity, and with it the policy, may have changed since the person was let through.
    const may = mayBreakGlass(request, policy, groups, person.personId);
    if (!may.allowed) return may.reason;
    await insertBreakGlassUse(tx, {
      executionId,
      incidentId: execution.incidentId,
      person,
      reasonCode,
      line,
    });
    await cancelTimers(tx, executionId);
    await refreshSurfaces(tx, deps.enqueue, 'approval', executionId);
    await refreshSurfaces(tx, deps.enqueue, 'execution', executionId);
    if (channelId !== null) {
      const surface = { kind: 'approval', subject: executionId, page: BROKEN_GLASS_PAGE } as const;
      await wantSurface(tx, deps.enqueue, {
        ...surface,
        incidentId: execution.incidentId,
        channelId,
        urgency: 1,
      });
    }
    await deps.enqueue(tx, 'execute-action', { executionId }, { key: executionId, urgency: 1 });
    const moved = await transition(tx, executionId, 'awaiting-approval', 'approved', {
      actor: actorOf(person),
      set: { mode: 'break-glass', approvedBy: [person] },
      stamp: ['approved_at'],
      guard: { notExpired: true },
      data: { breakGlass: reasonCode },
      texts: { line },
    });
    if (!moved.ok) throw new CodedError('conflict', moved.reason);
    return undefined;
  });
}

/** Another manager has looked at a use of break-glass. Whoever may approve such a request may review it. */
export async function reviewBreakGlass(
  deps: BreakGlassDeps,
  input: { readonly executionId: string; readonly person: Person },
): Promise<string> {
  const { incident, policy, request } = await loadRequest(deps, deps.db, input.executionId);
  const groups = await readGroups(deps, policy, input.person.teamId);
  const use = await getBreakGlassUse(deps.db, input.executionId);
  if (use === undefined) throw new CodedError('not_found', 'Nobody broke glass here.');
  const own = use.person.personId === input.person.personId;
  const may = own
    ? { allowed: false, reason: 'You broke the glass yourself, so another manager has to look.' }
    : mayApprove(request, policy, groups, input.person.personId);
  if (!may.allowed) {
    return refuse(deps, input, { incidentId: incident.id, reason: may.reason, review: true });
  }
  return deps.db.transaction(async (tx) => {
    if (!(await recordReview(tx, input.executionId, input.person))) return 'It was reviewed already.';
    await refreshSurfaces(tx, deps.enqueue, 'approval', input.executionId);
    await refreshSurfaces(tx, deps.enqueue, 'incident-card', incident.id);
    await appendLog(tx, {
      incidentId: incident.id,
      kind: 'break-glass.reviewed',
      actor: actorOf(input.person),
      data: { execution: input.executionId },
    });
    return 'Reviewed. Thank you.';
  });
}

function parseReason(code: string): BreakGlassReason {
  const known = Object.keys(BREAK_GLASS_REASONS).find((key) => key === code);
  if (known === 'no-approver' || known === 'getting-worse' || known === 'slack-trouble') return known;
  throw new CodedError('bad_input', 'Pick a reason from the list.');
}
