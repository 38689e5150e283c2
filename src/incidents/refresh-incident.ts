import type { Queryable } from '../db/database.ts';
import type { EnqueueJob } from '../queue/enqueue.ts';
import { refreshSurfaces } from '../surfaces/want-surface.ts';
import { noticeSubject } from './notices.ts';

/** Asks for every message that shows the incident itself to be drawn again. */
export async function refreshIncident(tx: Queryable, enqueue: EnqueueJob, incidentId: string): Promise<void> {
  await refreshSurfaces(tx, enqueue, 'incident-card', incidentId);
  await refreshSurfaces(tx, enqueue, 'announcement', incidentId);
  await refreshSurfaces(tx, enqueue, 'notice', noticeSubject('acknowledge-overdue', incidentId));
}
