import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { actorOf } from '../log/actor-of.ts';
import { appendLog } from '../log/append-log.ts';
import type { Person } from '../people/model.ts';
import { incidentName, isOpen } from './model.ts';
import type { Incident } from './model.ts';
import { refreshIncident } from './refresh-incident.ts';
import { lockIncident, setStatus } from './store.ts';

/** States that people choose while an incident is open. Resolving has questions of its own. */
export const OPEN_STATUSES = ['investigating', 'identified', 'monitoring'] as const;
export type OpenStatus = (typeof OPEN_STATUSES)[number];

export function isOpenStatus(text: string): text is OpenStatus {
  return OPEN_STATUSES.some((status) => status === text);
}

/**
 * Moves an open incident on (or back). Choosing the state it has already changes nothing.
 * @returns whether it changed, and the incident as it was before
 */
export async function changeStatus(
  deps: Pick<Deps, 'db' | 'enqueue'>,
  input: { readonly incidentId: string; readonly status: OpenStatus; readonly person: Person },
): Promise<{ readonly changed: boolean; readonly before: Incident }> {
  return deps.db.transaction(async (tx) => {
    const before = await lockIncident(tx, input.incidentId);
    if (before === undefined) throw new CodedError('not_found', 'There is no such incident.');
    if (!isOpen(before)) {
      throw new CodedError('conflict', `${incidentName(before)} is ${before.status}; its status stays.`);
    }
    if (before.status === input.status) return { changed: false, before };
    await setStatus(tx, before.id, input.status);
    await refreshIncident(tx, deps.enqueue, before.id);
    await appendLog(tx, {
      incidentId: before.id,
      kind: 'incident.status_changed',
      actor: actorOf(input.person),
      data: { from: before.status, to: input.status },
    });
    return { changed: true, before };
  });
}
