import type { NormalisedAlert, RoutedAlert } from './model.ts';

/** A stored firing, as far as deciding needs it: those that still fire, and those of open incidents. */
export interface KnownFiring {
  readonly id: string;
  readonly fingerprint: string;
  readonly startsAt: Date;
  readonly firing: boolean;
  readonly incidentId: string;
  readonly incidentNumber: number;
  readonly incidentOpen: boolean;
}

export interface OpenIncident {
  readonly id: string;
  readonly number: number;
  readonly groupKey: string | null;
}

export interface Intake {
  readonly alerts: readonly RoutedAlert[];
  readonly known: readonly KnownFiring[];
  /** Open incidents of the alerts' groups. */
  readonly open: readonly OpenIncident[];
  readonly now: Date;
}

export interface NewFiring {
  readonly routed: RoutedAlert;
  readonly startsAt: Date;
}

/** What a delivery changes. Empty but for `repeats` when it brings nothing new. */
export interface IntakePlan {
  /** Known and unchanged: ids of stored alerts. */
  readonly repeats: readonly string[];
  readonly opens: ReadonlyMap<string, readonly NewFiring[]>;
  readonly joins: ReadonlyMap<string, readonly NewFiring[]>;
  /** Resolved before and firing again with the same start, as after a sender lost its memory. */
  readonly refires: readonly { readonly id: string; readonly incidentId: string }[];
  /** `told`: the sender said that it is over; else a newer firing of the series replaced it. */
  readonly ends: readonly {
    readonly id: string;
    readonly incidentId: string;
    readonly endsAt: Date;
    readonly told: boolean;
  }[];
  /** Incidents that were there already and that the alerts belong to: numbers by id. */
  readonly homes: ReadonlyMap<string, number>;
}

/** Decides, purely, what a delivery means. Called again after the locks are taken, on what is true then. */
export function planIntake(intake: Intake): IntakePlan {
  const draft: Draft = {
    repeats: [],
    opens: new Map(),
    joins: new Map(),
    refires: [],
    ends: [],
    homes: new Map(),
  };
  const knownBySeries = Map.groupBy(intake.known, (firing) => firing.fingerprint);
  const openByGroup = new Map(intake.open.map((incident) => [incident.groupKey, incident]));
  for (const routed of lastOfEachSeries(intake.alerts)) {
    const known = knownBySeries.get(routed.alert.fingerprint) ?? [];
    if (routed.alert.status === 'resolved') planResolved(draft, routed.alert, known, intake.now);
    else
      planFiring({ draft, routed, known, group: openByGroup.get(routed.decision.groupKey), now: intake.now });
  }
  return draft;
}

interface Draft {
  readonly repeats: string[];
  readonly opens: Map<string, NewFiring[]>;
  readonly joins: Map<string, NewFiring[]>;
  readonly refires: IntakePlan['refires'][number][];
  readonly ends: IntakePlan['ends'][number][];
  readonly homes: Map<string, number>;
}

/** One payload may name a series twice; its newest start counts, and at one start "resolved" came last. */
function lastOfEachSeries(alerts: readonly RoutedAlert[]): readonly RoutedAlert[] {
  const last = new Map<string, RoutedAlert>();
  for (const routed of alerts) {
    const before = last.get(routed.alert.fingerprint);
    if (before === undefined || comesAfter(routed.alert, before.alert)) {
      last.set(routed.alert.fingerprint, routed);
    }
  }
  return [...last.values()];
}

function comesAfter(alert: NormalisedAlert, before: NormalisedAlert): boolean {
  const difference = (alert.startsAt?.getTime() ?? 0) - (before.startsAt?.getTime() ?? 0);
  return difference === 0 ? alert.status === 'resolved' || before.status === 'firing' : difference > 0;
}

function planResolved(draft: Draft, alert: NormalisedAlert, known: readonly KnownFiring[], now: Date): void {
  // A late "resolved" of an earlier firing must not end a newer one: only what began by then is over.
  const until = resolvedUntil(alert, now);
  for (const firing of known) {
    if (!firing.firing || firing.startsAt.getTime() > until) continue;
    const end = Math.max(
      firing.startsAt.getTime(),
      Math.min(alert.endsAt?.getTime() ?? now.getTime(), now.getTime()),
    );
    draft.ends.push({ id: firing.id, incidentId: firing.incidentId, endsAt: new Date(end), told: true });
    draft.homes.set(firing.incidentId, firing.incidentNumber);
  }
}

function resolvedUntil(alert: NormalisedAlert, now: Date): number {
  if (alert.startsAt === null) return Number.POSITIVE_INFINITY;
  const end = Math.min(alert.endsAt?.getTime() ?? 0, now.getTime());
  return Math.max(alert.startsAt.getTime(), end);
}

interface FiringInput {
  readonly draft: Draft;
  readonly routed: RoutedAlert;
  readonly known: readonly KnownFiring[];
  /** The open incident of the alert's group. */
  readonly group: OpenIncident | undefined;
  readonly now: Date;
}

function planFiring({ draft, routed, known, group, now }: FiringInput): void {
  const { alert, decision } = routed;
  // A series that an open incident knows stays there, also when the routes were changed meanwhile.
  const mine = known.filter((firing) => firing.incidentOpen).sort(newestFirst);
  const current = mine.find((firing) => firing.firing);
  const startsAt = alert.startsAt ?? current?.startsAt ?? now;
  const home = homeOf(current ?? mine[0], group);
  if (home !== undefined) draft.homes.set(home.id, home.number);
  if (current !== undefined && startsAt.getTime() <= current.startsAt.getTime()) {
    draft.repeats.push(current.id);
    return;
  }
  endReplaced(draft, known, startsAt);
  if (home === undefined) {
    addTo(draft.opens, decision.groupKey, { routed, startsAt });
    return;
  }
  const same = mine.find((firing) => firing.incidentId === home.id && sameTime(firing.startsAt, startsAt));
  if (same === undefined) addTo(draft.joins, home.id, { routed, startsAt });
  else draft.refires.push({ id: same.id, incidentId: home.id });
}

function homeOf(
  mine: KnownFiring | undefined,
  group: OpenIncident | undefined,
): Pick<OpenIncident, 'id' | 'number'> | undefined {
  return mine === undefined ? group : { id: mine.incidentId, number: mine.incidentNumber };
}

/** A newer firing of a series means that the earlier ones are over, though nobody said so. */
function endReplaced(draft: Draft, known: readonly KnownFiring[], startsAt: Date): void {
  for (const { id, incidentId, firing, startsAt: began } of known) {
    if (!firing || began.getTime() >= startsAt.getTime()) continue;
    draft.ends.push({ id, incidentId, endsAt: startsAt, told: false });
  }
}

function newestFirst(a: KnownFiring, b: KnownFiring): number {
  return b.startsAt.getTime() - a.startsAt.getTime();
}

function sameTime(a: Date, b: Date): boolean {
  return a.getTime() === b.getTime();
}

function addTo(map: Map<string, NewFiring[]>, key: string, firing: NewFiring): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [firing]);
  else list.push(firing);
}
