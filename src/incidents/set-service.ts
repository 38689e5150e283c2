import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { actorOf } from '../log/actor-of.ts';
import { appendLog } from '../log/append-log.ts';
import type { Person } from '../people/model.ts';
import { incidentName, isOpen, urgencyOf } from './model.ts';
import { refreshIncident } from './refresh-incident.ts';
import { lockIncident, setService } from './store.ts';

/** Says which service an open incident is about; its own checklist, if it has one, starts. */
export async function setIncidentService(
  deps: Pick<Deps, 'config' | 'db' | 'enqueue'>,
  input: { readonly incidentId: string; readonly service: string; readonly person: Person },
): Promise<{ readonly changed: boolean }> {
  if (!deps.config.services.has(input.service)) {
    throw new CodedError('bad_input', 'There is no such service. Pick one of the list.');
  }
  return deps.db.transaction(async (tx) => {
    const incident = await lockIncident(tx, input.incidentId);
    if (incident === undefined) throw new CodedError('not_found', 'There is no such incident.');
    if (!isOpen(incident)) {
      throw new CodedError('conflict', `${incidentName(incident)} is ${incident.status}; its service stays.`);
    }
    if (incident.service === input.service) return { changed: false };
    await setService(tx, incident.id, input.service);
    await refreshIncident(tx, deps.enqueue, incident.id);
    await deps.enqueue(
      tx,
      'start-checklist',
      { incidentId: incident.id },
      { key: `${incident.id}:${input.service}`, urgency: urgencyOf(incident.severity) },
    );
    await appendLog(tx, {
      incidentId: incident.id,
      kind: 'incident.service_set',
      actor: actorOf(input.person),
      data: { from: incident.service, to: input.service },
    });
    return { changed: true };
  });
}
