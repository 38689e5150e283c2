import { listAlertNames } from '../alerts/store.ts';
import type { Queryable } from '../db/database.ts';
import type { Deps } from '../deps.ts';
import { isOpen } from '../incidents/model.ts';
import type { Incident } from '../incidents/model.ts';
import { lockIncident } from '../incidents/store.ts';
import { appendLog } from '../log/append-log.ts';
import type { LogEntry } from '../log/append-log.ts';
import { cancelDeadline } from '../queue/deadlines.ts';
import type { JobPayloads } from '../queue/jobs.ts';
import { retireSurfaces } from '../surfaces/want-surface.ts';
import type { StoredChecklist } from './model.ts';
import type { Playbook } from './playbook/model.ts';
import { selectPlaybook } from './playbook/select-playbook.ts';
import { openChecklist } from './open-checklist.ts';
import { pictureOf } from './read-checklist.ts';
import { showChecklist } from './show-checklist.ts';
import { foldChecklistRow, listChecklists, lockChecklists } from './store.ts';
import { readNow } from '../db/read-now.ts';

export type StartDeps = Pick<Deps, 'db' | 'enqueue' | 'config' | 'playbooks' | 'newId'>;

/**
 * Job: opens the checklist for the incident's severity, service and alerts, and beside it those that its alerts bring.
 * Run again it opens nothing twice. After a change of severity the old checklist is folded with its ticks, and the
 * windows of the new one count from the change.
 */
export async function startChecklist(
  deps: StartDeps,
  { incidentId }: JobPayloads['start-checklist'],
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    // The incident's lock makes two replicas that run this at once take turns.
    const incident = await lockIncident(tx, incidentId);
    if (incident === undefined || !isOpen(incident) || incident.channelId === null) return;
    const choice = selectPlaybook(deps.playbooks, {
      occasion: 'incident',
      severity: incident.severity,
      service: incident.service,
      alerts: await listAlertNames(tx, incidentId),
    });
    await lockChecklists(tx, incidentId);
    const all = await listChecklists(tx, incidentId);
    const live = all.filter((checklist) => checklist.foldedAt === null);
    const entries: LogEntry[] = [];
    const main = live.find((checklist) => checklist.role === 'main');
    const isKept = main !== undefined && keeps(main, choice.playbook, incident);
    if (!isKept && choice.playbook !== null) {
      if (main !== undefined) entries.push(await fold(deps, tx, main, incident));
      const startedAt = await startOf(tx, incident, main);
      const playbook = choice.playbook;
      entries.push(
        await openChecklist(deps, tx, {
          incident,
          playbook,
          role: 'main',
          startedAt,
          reason: choice.reason,
          actor: ACTOR,
        }),
      );
    }
    for (const playbook of choice.alongside) {
      if (live.some((one) => one.role === 'alongside' && one.playbookFile === playbook.file)) continue;
      const startedAt = await readNow(tx);
      const reason = 'An alert of the incident asks for it.';
      const role = 'alongside';
      entries.push(
        await openChecklist(deps, tx, { incident, playbook, role, startedAt, reason, actor: ACTOR }),
      );
    }
    // What goes on is drawn again: the service may be known by now, and with it the names in its commands.
    for (const checklist of live.filter((one) => one !== main || isKept || choice.playbook === null)) {
      await showChecklist(tx, deps.enqueue, await pictureOf(deps, tx, checklist));
    }
    for (const entry of entries) await appendLog(tx, entry);
  });
}

/**
 * Whether the running checklist goes on: it was opened for this severity, or the very same playbook is for both. One
 * that nobody has touched gives way to a better choice, for instance when the service becomes known.
 */
function keeps(main: StoredChecklist, chosen: Playbook | null, incident: Incident): boolean {
  if (chosen === null || chosen.contentHash === main.playbookHash) return true;
  return main.severity === incident.severity && main.version > 0;
}

/** The first checklist counts from now; one that follows another from the change of severity that asked for it. */
async function startOf(
  tx: Queryable,
  incident: Incident,
  before: StoredChecklist | undefined,
): Promise<Date> {
  if (before === undefined) return readNow(tx);
  if (before.severity === incident.severity) return before.startedAt;
  const answer = await tx.query<{ at: Date }>(
    `select coalesce(max(at), app.now()) as at from log
     where incident_id = $1 and kind like 'incident.severity%' and data ->> 'to' = $2 and at >= $3`,
    [incident.id, incident.severity, before.startedAt],
  );
  return answer.rows[0]?.at ?? (await readNow(tx));
}

async function fold(
  deps: StartDeps,
  tx: Queryable,
  checklist: StoredChecklist,
  incident: Incident,
): Promise<LogEntry> {
  await foldChecklistRow(tx, checklist.id);
  await cancelDeadline(tx, 'step-overdue', checklist.id);
  await retireSurfaces(tx, deps.enqueue, 'checklist', checklist.id);
  return {
    incidentId: incident.id,
    kind: 'checklist.folded',
    actor: ACTOR,
    data: { checklistId: checklist.id, from: checklist.severity, to: incident.severity },
    texts: { playbook: checklist.playbookFile },
  };
}

const ACTOR = { kind: 'tocsin', part: 'start-checklist' } as const;
