import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { getIncident } from '../incidents/store.ts';
import { actorOf } from '../log/actor-of.ts';
import { appendLog } from '../log/append-log.ts';
import { sameUser } from '../people/model.ts';
import type { Person } from '../people/model.ts';
import { requireExecution } from './draft-action.ts';
import type { Execution } from './model.ts';
import { move } from './move.ts';

/** Takes a request back, before it has started: whoever asked may, and the commander. */
export async function cancelExecution(
  deps: Pick<Deps, 'db' | 'enqueue'>,
  { executionId, person }: { readonly executionId: string; readonly person: Person },
): Promise<Execution> {
  const execution = await requireExecution(deps, executionId);
  if (execution.state === 'cancelled') return execution;
  const incident = await getIncident(deps.db, execution.incidentId);
  const commander = incident?.commander ?? null;
  const isTheirs = execution.requestedBy.personId === person.personId;
  if (!isTheirs && (commander === null || !sameUser(commander, person))) {
    await deps.db.transaction((tx) =>
      appendLog(tx, {
        incidentId: execution.incidentId,
        kind: 'action.refused',
        actor: actorOf(person),
        data: { action: execution.action, target: execution.target, why: 'may not cancel' },
      }),
    );
    throw new CodedError('not_allowed', 'Only whoever asked for it or the commander can take it back.', {
      details: { logged: true },
    });
  }
  const moved = await move(deps, executionId, [['awaiting-approval', 'approved'], 'cancelled'], {
    actor: actorOf(person),
    set: {
      endedBy: { teamId: person.teamId, userId: person.userId },
      outcome: 'Taken back before it started.',
    },
  });
  if (!moved.ok) throw new CodedError('conflict', moved.reason);
  return moved.execution;
}
