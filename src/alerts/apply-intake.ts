import type { Queryable } from '../db/database.ts';
import { isWorse, urgencyOf } from '../incidents/model.ts';
import type { LogEntry } from '../log/append-log.ts';
import { refreshSurfaces, wantSurface } from '../surfaces/want-surface.ts';
import type { RoutedAlert } from './model.ts';
import { openIncident } from './open-incident.ts';
import type { IntakePlan, NewFiring } from './plan-intake.ts';
import { raiseSeverity } from './raise-severity.ts';
import type { ReceiveDeps } from './receive-alerts.ts';
import { countFiring, endAlerts, insertAlerts, listAlertNames, refireAlerts } from './store.ts';
import type { AlertInsert } from './store.ts';
import { titleOf } from './title.ts';

export interface ApplyInput {
  readonly source: string;
  readonly plan: IntakePlan;
  readonly now: Date;
}

export interface Applied {
  /** For the log, which is written last. */
  readonly entries: readonly LogEntry[];
  /** Numbers of the incidents that were opened, by id. */
  readonly opened: ReadonlyMap<string, number>;
}

/** Carries out a plan whose incidents are locked: alerts, incidents, deadlines, jobs, messages; all but the log. */
export async function applyIntake(deps: ReceiveDeps, tx: Queryable, input: ApplyInput): Promise<Applied> {
  const entries: LogEntry[] = [];
  const opened = new Map<string, number>();
  const work: Work = { deps, tx, ...input, entries };
  for (const groupKey of [...input.plan.opens.keys()].sort()) {
    const incident = await openGroup(work, groupKey, input.plan.opens.get(groupKey) ?? []);
    opened.set(incident.id, incident.number);
  }
  await joinIncidents(work);
  await refireAlerts(
    tx,
    input.plan.refires.map((one) => one.id),
  );
  noteChanged(work, 'alert.fired_again', input.plan.refires);
  await endAlerts(tx, input.plan.ends);
  const told = input.plan.ends.filter((end) => end.told);
  noteChanged(work, 'alert.resolved', told);
  await refreshIncidents(work, told);
  return { entries, opened };
}

interface Work extends ApplyInput {
  readonly deps: ReceiveDeps;
  readonly tx: Queryable;
  readonly entries: LogEntry[];
}

async function openGroup(
  { deps, tx, source, now, entries }: Work,
  groupKey: string,
  firings: readonly NewFiring[],
): Promise<{ readonly id: string; readonly number: number }> {
  const lead = worst(firings.map((firing) => firing.routed));
  const id = deps.newId();
  const incident = await openIncident(tx, deps.enqueue, {
    id,
    groupKey,
    title: titleOf(lead.alert),
    severity: lead.decision.severity,
    service: lead.decision.service,
    isPrivate: firings.some((firing) => firing.routed.decision.isPrivate),
    openedBy: { kind: 'alert', source },
    startedAt: new Date(Math.min(now.getTime(), ...firings.map((firing) => firing.startsAt.getTime()))),
    reason: lead.decision.reason,
  });
  const inserts = withIds(deps, firings, id);
  await insertAlerts(tx, source, inserts);
  entries.push({
    incidentId: id,
    kind: 'incident.opened',
    actor: { kind: 'alert-source', id: source },
    data: {
      number: incident.number,
      severity: lead.decision.severity,
      service: lead.decision.service,
      route: lead.decision.route,
      alerts: inserts.map((one) => one.id),
    },
    texts: { title: titleOf(lead.alert), reason: lead.decision.reason, alerts: namesOf(firings) },
  });
  return incident;
}

async function joinIncidents(work: Work): Promise<void> {
  const { deps, tx, source, plan, entries } = work;
  for (const incidentId of [...plan.joins.keys()].sort()) {
    const firings = plan.joins.get(incidentId) ?? [];
    const inserts: readonly AlertInsert[] = withIds(deps, firings, incidentId);
    const known = new Set(await listAlertNames(tx, incidentId));
    await insertAlerts(tx, source, inserts);
    // A kind of alert that is new here may bring a playbook of its own.
    if (firings.some((firing) => !known.has(firing.routed.alert.name))) {
      await deps.enqueue(tx, 'start-checklist', { incidentId }, { key: incidentId });
    }
    entries.push({
      incidentId,
      kind: 'alert.joined',
      actor: { kind: 'alert-source', id: source },
      data: { alerts: inserts.map((one) => one.id), count: inserts.length },
      texts: { alerts: namesOf(firings) },
    });
    const lead = worst(firings.map((firing) => firing.routed));
    const raised = await raiseSeverity(deps, tx, { incidentId, source, lead });
    if (raised !== undefined) entries.push(raised);
  }
}

function noteChanged(
  { source, entries }: Work,
  kind: string,
  changed: readonly { readonly id: string; readonly incidentId: string }[],
): void {
  for (const [incidentId, some] of Map.groupBy(changed, (one) => one.incidentId)) {
    entries.push({
      incidentId,
      kind,
      actor: { kind: 'alert-source', id: source },
      data: { alerts: some.map((one) => one.id), count: some.length },
    });
  }
}

/** Cards show the new counts; "all resolved" is said in the channel when the last alert of an open incident ends. */
async function refreshIncidents(
  { deps, tx, source, plan, entries }: Work,
  told: readonly { readonly incidentId: string }[],
): Promise<void> {
  const ended = new Set(told.map((one) => one.incidentId));
  const changed = [...plan.joins.keys(), ...plan.refires.map((one) => one.incidentId), ...ended];
  for (const incident of await countFiring(tx, [...new Set(changed)])) {
    await tx.query('update incidents set version = version + 1 where id = $1', [incident.id]);
    await refreshSurfaces(tx, deps.enqueue, 'incident-card', incident.id);
    await refreshSurfaces(tx, deps.enqueue, 'notice', `all-resolved:${incident.id}`);
    if (incident.firing > 0 || !ended.has(incident.id)) continue;
    entries.push({
      incidentId: incident.id,
      kind: 'alerts.all_resolved',
      actor: { kind: 'alert-source', id: source },
      data: {},
    });
    // Without a channel yet, announce-incident says it.
    if (incident.channelId === null) continue;
    await wantSurface(tx, deps.enqueue, {
      kind: 'notice',
      subject: `all-resolved:${incident.id}`,
      incidentId: incident.id,
      channelId: incident.channelId,
      urgency: urgencyOf(incident.severity),
    });
  }
}

function worst(routed: readonly RoutedAlert[]): RoutedAlert {
  const [first, ...rest] = routed;
  if (first === undefined) throw new Error('a group without alerts');
  return rest.reduce(
    (lead, one) => (isWorse(one.decision.severity, lead.decision.severity) ? one : lead),
    first,
  );
}

function withIds(
  deps: ReceiveDeps,
  firings: readonly NewFiring[],
  incidentId: string,
): readonly AlertInsert[] {
  return firings.map((firing) => ({ ...firing, id: deps.newId(), incidentId }));
}

/** "HighErrorRate, ServiceDown and 3 more": for the timeline. */
function namesOf(firings: readonly NewFiring[]): string {
  const names = [...new Set(firings.map((firing) => firing.routed.alert.name))];
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
