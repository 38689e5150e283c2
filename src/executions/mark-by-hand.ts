import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { urgencyOf } from '../incidents/model.ts';
import { getIncident } from '../incidents/store.ts';
import { actorOf } from '../log/actor-of.ts';
import type { Person } from '../people/model.ts';
import { wantSurface } from '../surfaces/want-surface.ts';
import { requireExecution } from './draft-action.ts';
import type { Execution, ExecutionState } from './model.ts';
import { moveIn } from './move.ts';
import { lockExecution } from './store.ts';

export interface ByHandInput {
  readonly executionId: string;
  readonly person: Person;
  /** What was done and what came of it. */
  readonly note: string;
}

const FROM: readonly ExecutionState[] = [
  'requested',
  'awaiting-approval',
  'approved',
  'failed',
  'unknown',
  'expired',
];

/**
 * Records that a person did it themselves: with the cluster or the approver out of reach nobody is helpless, and the
 * timeline and the RCA still have it. Saying so twice records it once.
 */
export async function markByHand(
  deps: Pick<Deps, 'db' | 'enqueue'>,
  { executionId, person, note }: ByHandInput,
): Promise<Execution> {
  const before = await requireExecution(deps, executionId);
  if (before.state === 'by-hand') return before;
  const incident = await getIncident(deps.db, before.incidentId);
  return deps.db.transaction(async (tx) => {
    await lockExecution(tx, executionId);
    if (incident !== undefined && incident.channelId !== null) {
      await wantSurface(tx, deps.enqueue, {
        kind: 'execution',
        subject: executionId,
        incidentId: incident.id,
        channelId: incident.channelId,
        urgency: urgencyOf(incident.severity),
      });
    }
    const moved = await moveIn(tx, deps, executionId, [FROM, 'by-hand'], {
      actor: actorOf(person),
      set: {
        mode: 'by-hand',
        endedBy: { teamId: person.teamId, userId: person.userId },
        outcome: `Done by hand: ${note}`,
      },
      data: { was: before.state },
      texts: { note },
    });
    if (!moved.ok) throw new CodedError('conflict', moved.reason);
    return moved.execution;
  });
}
