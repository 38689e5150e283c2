import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { actorOf } from '../log/actor-of.ts';
import { appendLog } from '../log/append-log.ts';
import { sameUser } from '../people/model.ts';
import type { Person, SlackUser } from '../people/model.ts';
import { cancelDeadline } from '../queue/deadlines.ts';
import { incidentName, isOpen } from './model.ts';
import type { Incident } from './model.ts';
import { refreshIncident } from './refresh-incident.ts';
import { lockIncident, setCommander } from './store.ts';

export type Acknowledged =
  | { readonly outcome: 'taken'; readonly incident: Incident }
  | { readonly outcome: 'yours'; readonly incident: Incident }
  | { readonly outcome: 'someone-elses'; readonly incident: Incident; readonly commander: SlackUser };

/**
 * Acknowledges and takes command: the person is the commander from now on and nobody is called again. The first click
 * wins; who comes second is told who has it, and nothing changes.
 */
export async function acknowledge(
  deps: Pick<Deps, 'db' | 'enqueue'>,
  input: { readonly incidentId: string; readonly person: Person },
): Promise<Acknowledged> {
  return deps.db.transaction(async (tx) => {
    const incident = await lockIncident(tx, input.incidentId);
    if (incident === undefined) throw new CodedError('not_found', 'There is no such incident.');
    const { commander } = incident;
    if (commander !== null) {
      if (sameUser(commander, input.person)) return { outcome: 'yours', incident };
      return { outcome: 'someone-elses', incident, commander };
    }
    if (!isOpen(incident)) {
      throw new CodedError('conflict', `${incidentName(incident)} is ${incident.status} already.`);
    }
    await setCommander(tx, incident.id, input.person);
    await cancelDeadline(tx, 'acknowledge-overdue', incident.id);
    await refreshIncident(tx, deps.enqueue, incident.id);
    await appendLog(tx, {
      incidentId: incident.id,
      kind: 'incident.acknowledged',
      actor: actorOf(input.person),
      data: {},
    });
    return { outcome: 'taken', incident };
  });
}
