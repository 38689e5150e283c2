import type { Queryable } from '../db/database.ts';
import type { Deps } from '../deps.ts';
import { isOpen, urgencyOf } from '../incidents/model.ts';
import { appendLog } from '../log/append-log.ts';
import type { JobPayloads } from '../queue/jobs.ts';
import { wantSurface } from '../surfaces/want-surface.ts';
import type { PlaybookStep } from './playbook/model.ts';
import { overdueSteps, recurrences } from './policy.ts';
import { pictureOf } from './read-checklist.ts';
import type { ChecklistPicture } from './read-checklist.ts';
import { setAlarm } from './show-checklist.ts';
import { lockChecklist, markOverdue, markReminded } from './store.ts';
import { readNow } from '../db/read-now.ts';
import { showAgain } from './tick-steps.ts';
import type { ChangeDeps } from './tick-steps.ts';

const MINUTE = 60_000;
const ACTOR = { kind: 'tocsin', part: 'step-overdue' } as const;

/**
 * Job of a checklist's alarm: marks the steps whose phase is over, reminds of those that come again, and sets the next
 * alarm. A mark is an edit and calls nobody; a reminder is a new post, once for each interval that passed.
 */
export async function stepOverdue(
  deps: ChangeDeps & Pick<Deps, 'enqueue'>,
  { checklistId }: JobPayloads['step-overdue'],
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const checklist = await lockChecklist(tx, checklistId);
    if (checklist === undefined || checklist.foldedAt !== null) return;
    const picture = await pictureOf(deps, tx, checklist);
    if (!isOpen(picture.incident)) return;
    const now = await readNow(tx);
    const marked = overdueSteps(picture.playbook, checklist, now)
      .map(({ stepId }) => stepId)
      .filter((stepId) => checklist.items.get(stepId)?.overdueAt === null);
    await markOverdue(tx, checklistId, marked);
    const reminders = await takeReminders(tx, picture, now);
    if (marked.length > 0 || reminders.length > 0) await showAgain(deps, tx, picture);
    else await setAlarm(tx, picture);
    await logMarks(tx, picture, marked);
    for (const step of reminders) await remind(deps, tx, picture, step);
  });
}

/** The steps to remind of now. Each due time is taken once, whoever runs this and however often. */
async function takeReminders(
  tx: Queryable,
  { playbook, checklist }: ChecklistPicture,
  now: Date,
): Promise<readonly PlaybookStep[]> {
  const taken: PlaybookStep[] = [];
  for (const { stepId, dueAt, missed } of recurrences(playbook, checklist, now)) {
    const step = playbook.phases.flatMap((phase) => phase.steps).find(({ id }) => id === stepId);
    if (missed === 0 || step?.recursEveryMinutes == null) continue;
    // Of several intervals that passed, as after a time out of order, only the last is reminded of.
    const latest = new Date(dueAt.getTime() + (missed - 1) * step.recursEveryMinutes * MINUTE);
    if (await markReminded(tx, checklist.id, stepId, latest)) taken.push(step);
  }
  return taken;
}

async function logMarks(tx: Queryable, picture: ChecklistPicture, stepIds: readonly string[]): Promise<void> {
  if (stepIds.length === 0) return;
  const { checklist, playbook } = picture;
  const steps = playbook.phases.flatMap((phase) => phase.steps).filter(({ id }) => stepIds.includes(id));
  await appendLog(tx, {
    incidentId: checklist.incidentId,
    kind: 'step.overdue',
    actor: ACTOR,
    data: { checklistId: checklist.id, stepIds, count: stepIds.length },
    texts: { steps: steps.map((step) => step.text).join('; ') },
  });
}

/** A notice that tells the row of the log; the row names the commander, so that the post calls them. */
async function remind(
  deps: ChangeDeps,
  tx: Queryable,
  { checklist, incident }: ChecklistPicture,
  step: PlaybookStep,
): Promise<void> {
  const seq = await appendLog(tx, {
    incidentId: incident.id,
    kind: 'step.due_again',
    actor: ACTOR,
    data: {
      checklistId: checklist.id,
      stepId: step.id,
      minutes: step.recursEveryMinutes,
      // The commander as of now: whom the post calls.
      ...incident.commander,
    },
    texts: { step: step.text },
  });
  if (incident.channelId === null) return;
  await wantSurface(tx, deps.enqueue, {
    kind: 'notice',
    subject: String(seq),
    incidentId: incident.id,
    channelId: incident.channelId,
    urgency: urgencyOf(incident.severity),
  });
}
