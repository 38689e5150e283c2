import type { Queryable } from '../db/database.ts';
import { ACKNOWLEDGE_WITHIN, isWorse, urgencyOf } from '../incidents/model.ts';
import type { Severity } from '../incidents/model.ts';
import type { LogEntry } from '../log/append-log.ts';
import { setDeadline } from '../queue/deadlines.ts';
import { refreshSurfaces, wantSurface } from '../surfaces/want-surface.ts';
import type { RoutedAlert } from './model.ts';
import type { ReceiveDeps } from './receive-alerts.ts';

export interface RaiseInput {
  readonly incidentId: string;
  readonly source: string;
  /** The worst of the alerts that join now. */
  readonly lead: RoutedAlert;
}

interface Raised extends Record<string, unknown> {
  readonly from: Severity;
  readonly channel_id: string | null;
  readonly acknowledged: boolean;
  readonly now: Date;
  /** When the people on call are called again, as it stands. */
  readonly due_at: Date | null;
}

/**
 * Raises an open, locked incident to the severity of a worse alert that joins it: a P0 must not hide in a P2. The
 * channel is told and called, the checklist of the new severity starts, the deadline to acknowledge moves up.
 * @returns the row for the log; undefined when nothing is to be raised
 */
export async function raiseSeverity(
  deps: ReceiveDeps,
  tx: Queryable,
  { incidentId, source, lead }: RaiseInput,
): Promise<LogEntry | undefined> {
  const to = lead.decision.severity;
  const before = await tx.query<Raised>(
    `select severity as "from", channel_id, acknowledged_at is not null as acknowledged, app.now() as now,
       (select due_at from deadlines where job = 'acknowledge-overdue' and key = incidents.id)
     from incidents where id = $1`,
    [incidentId],
  );
  const row = before.rows[0];
  if (row === undefined || !isWorse(to, row.from)) return undefined;
  await tx.query('update incidents set severity = $2, version = version + 1 where id = $1', [incidentId, to]);
  await tellEverybody(deps, tx, { incidentId, to, row });
  return {
    incidentId,
    kind: 'incident.severity_raised',
    actor: { kind: 'alert-source', id: source },
    data: { from: row.from, to, route: lead.decision.route },
    texts: { alert: lead.alert.name },
  };
}

async function tellEverybody(
  deps: ReceiveDeps,
  tx: Queryable,
  { incidentId, to, row }: { readonly incidentId: string; readonly to: Severity; readonly row: Raised },
): Promise<void> {
  const urgency = urgencyOf(to);
  if (!row.acknowledged) {
    // Sooner, never later: what was almost due before it became worse stays almost due.
    const inTime = row.now.getTime() + ACKNOWLEDGE_WITHIN[to] * 60_000;
    const dueAt = new Date(Math.min(inTime, row.due_at?.getTime() ?? inTime));
    const payload = { incidentId };
    await setDeadline(tx, { job: 'acknowledge-overdue', key: incidentId, payload, dueAt, urgency });
  }
  await refreshSurfaces(tx, deps.enqueue, 'announcement', incidentId);
  // Without a channel yet, announce-incident starts the right checklist and names the right severity anyway.
  if (row.channel_id === null) return;
  await deps.enqueue(tx, 'start-checklist', { incidentId }, { key: `${incidentId}:${to}`, urgency });
  await wantSurface(tx, deps.enqueue, {
    kind: 'notice',
    subject: `raised-${to}:${incidentId}`,
    incidentId,
    channelId: row.channel_id,
    urgency,
  });
}
