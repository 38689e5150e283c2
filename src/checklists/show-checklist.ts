import type { Queryable } from '../db/database.ts';
import { isOpen, urgencyOf } from '../incidents/model.ts';
import { cancelDeadline, setDeadline } from '../queue/deadlines.ts';
import type { EnqueueJob } from '../queue/enqueue.ts';
import { refreshSurfaces, wantSurface } from '../surfaces/want-surface.ts';
import { MESSAGE_LIMITS, paginate } from './pagination.ts';
import { nextDeadline } from './policy.ts';
import type { ChecklistPicture } from './read-checklist.ts';
import { readNow } from '../db/read-now.ts';

/** Seconds by which what stands beside the checklist lets card, checklist and announcement go first. */
const AFTER_MAIN = 2;

/**
 * Asks for the messages of a checklist to be drawn again, as many as it needs by now, and sets the alarm for the next
 * moment at which a step is overdue or due again. In the caller's transaction, after the change.
 */
export async function showChecklist(
  tx: Queryable,
  enqueue: EnqueueJob,
  picture: ChecklistPicture,
): Promise<void> {
  const { checklist, playbook, incident } = picture;
  // What an alert brought beside it comes after the card, the checklist and the announcement.
  const urgency = urgencyOf(incident.severity) + (checklist.role === 'main' ? 0 : 2);
  const { channelId } = incident;
  if (channelId === null) return;
  // Pages that are not needed any more are drawn once more too, to say so.
  await refreshSurfaces(tx, enqueue, 'checklist', checklist.id);
  for (const page of paginate(playbook, checklist.items, MESSAGE_LIMITS).keys()) {
    await wantSurface(tx, enqueue, {
      kind: 'checklist',
      subject: checklist.id,
      page,
      incidentId: incident.id,
      channelId,
      urgency,
      ...(checklist.role === 'main' ? {} : { delaySeconds: AFTER_MAIN }),
    });
  }
  await setAlarm(tx, picture);
}

/** One alarm for a checklist, moved with every change; none when it is folded, or its incident is over. */
export async function setAlarm(tx: Queryable, picture: ChecklistPicture): Promise<void> {
  const { checklist, playbook, incident } = picture;
  const dueAt = isOpen(incident) ? nextDeadline(playbook, checklist, await readNow(tx)) : null;
  if (dueAt === null) return cancelDeadline(tx, 'step-overdue', checklist.id);
  await setDeadline(tx, {
    job: 'step-overdue',
    key: checklist.id,
    payload: { checklistId: checklist.id },
    dueAt,
    urgency: urgencyOf(incident.severity),
  });
}
