import { readNow } from '../db/read-now.ts';
import type { Deps } from '../deps.ts';
import { appendLog } from '../log/append-log.ts';
import { setDeadline } from '../queue/deadlines.ts';
import type { JobPayloads } from '../queue/jobs.ts';
import { findSurfaces } from '../surfaces/store.ts';
import { wantSurface } from '../surfaces/want-surface.ts';
import { ACKNOWLEDGE_WITHIN, isOpen, urgencyOf } from './model.ts';
import { noticeSubject } from './notices.ts';
import { lockIncident } from './store.ts';

/** Seconds until the next look when the channel is not there yet. */
const NO_CHANNEL_YET = 30;

/** Job of a deadline: nobody took command in time. Calls the people on call again, once. */
export async function acknowledgeOverdue(
  deps: Pick<Deps, 'db' | 'enqueue'>,
  { incidentId }: JobPayloads['acknowledge-overdue'],
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const incident = await lockIncident(tx, incidentId);
    if (incident === undefined || !isOpen(incident) || incident.acknowledgedAt !== null) return;
    const subject = noticeSubject('acknowledge-overdue', incidentId);
    if ((await findSurfaces(tx, 'notice', subject)).length > 0) return;
    const urgency = urgencyOf(incident.severity);
    if (incident.channelId === null) {
      const now = await readNow(tx);
      const dueAt = new Date(now.getTime() + NO_CHANNEL_YET * 1_000);
      await setDeadline(tx, {
        job: 'acknowledge-overdue',
        key: incidentId,
        payload: { incidentId },
        dueAt,
        urgency,
      });
      return;
    }
    const { channelId } = incident;
    await wantSurface(tx, deps.enqueue, { kind: 'notice', subject, incidentId, channelId, urgency });
    await appendLog(tx, {
      incidentId,
      kind: 'incident.acknowledge_overdue',
      actor: { kind: 'tocsin', part: 'acknowledge-overdue' },
      data: { minutes: ACKNOWLEDGE_WITHIN[incident.severity] },
    });
  });
}
