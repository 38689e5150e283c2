import type { Queryable } from '../db/database.ts';
import type { Severity } from '../incidents/model.ts';
import type { Alert, AlertStatus } from './model.ts';
import type { KnownFiring, NewFiring, OpenIncident } from './plan-intake.ts';

const OPEN = `('investigating', 'identified', 'monitoring')`;

export async function loadKnownFirings(
  tx: Queryable,
  source: string,
  fingerprints: readonly string[],
): Promise<readonly KnownFiring[]> {
  const answer = await tx.query<{
    id: string;
    fingerprint: string;
    starts_at: Date;
    firing: boolean;
    incident_id: string;
    incident_open: boolean;
  }>(
    `select a.id, a.fingerprint, a.starts_at, a.status = 'firing' as firing, a.incident_id,
            i.status in ${OPEN} as incident_open
     from alerts a join incidents i on i.id = a.incident_id
     where a.source = $1 and a.fingerprint = any($2) and (a.status = 'firing' or i.status in ${OPEN})`,
    [source, fingerprints],
  );
  return answer.rows.map((row) => ({
    id: row.id,
    fingerprint: row.fingerprint,
    startsAt: row.starts_at,
    firing: row.firing,
    incidentId: row.incident_id,
    incidentOpen: row.incident_open,
  }));
}

export async function loadOpenIncidents(
  tx: Queryable,
  groupKeys: readonly string[],
): Promise<readonly OpenIncident[]> {
  const answer = await tx.query<{
    id: string;
    number: string;
    group_key: string | null;
    severity: Severity;
    channel_id: string | null;
  }>(
    `select id, number, group_key, severity, channel_id from incidents where group_key = any($1) and status in ${OPEN}`,
    [groupKeys],
  );
  return answer.rows.map(toOpenIncident);
}

/** Locks incidents in the order of their ids, so that two deliveries never wait for each other. */
export async function lockIncidents(tx: Queryable, ids: readonly string[]): Promise<void> {
  await tx.query('select id from incidents where id = any($1) order by id for no key update', [ids]);
}

export async function databaseNow(tx: Queryable): Promise<Date> {
  const answer = await tx.query<{ now: Date }>('select app.now() as now');
  return answer.rows[0]?.now ?? new Date(Number.NaN);
}

export interface AlertInsert extends NewFiring {
  readonly id: string;
  readonly incidentId: string;
}

/** Stores new firings with one statement, however many a payload has. */
export async function insertAlerts(
  tx: Queryable,
  source: string,
  inserts: readonly AlertInsert[],
): Promise<void> {
  if (inserts.length === 0) return;
  const rows = inserts.map(({ id, incidentId, startsAt, routed: { alert, decision } }) => ({
    id,
    incident_id: incidentId,
    fingerprint: alert.fingerprint,
    starts_at: startsAt.toISOString(),
    name: alert.name,
    severity_label: alert.labels.get('severity') ?? null,
    service: decision.service,
    labels: toObject(alert.labels),
    annotations: toObject(alert.annotations),
    url: alert.url,
  }));
  await tx.query(
    `insert into alerts (id, source, fingerprint, starts_at, status, name, severity_label, service, labels,
                         annotations, url, incident_id, first_seen_at, last_seen_at)
     select r.id, $1, r.fingerprint, r.starts_at, 'firing', r.name, r.severity_label, r.service, r.labels,
            r.annotations, r.url, r.incident_id, app.now(), app.now()
     from jsonb_to_recordset($2) as r (id text, incident_id text, fingerprint text, starts_at timestamptz, name text,
       severity_label text, service text, labels jsonb, annotations jsonb, url text)`,
    [source, JSON.stringify(rows)],
  );
}

/** Counts repeats. It is a statistic: a row that another delivery is counting at the same instant is passed over. */
export async function countRepeats(tx: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `update alerts set seen = seen + 1, last_seen_at = app.now()
     where id in (select id from alerts where id = any($1) order by id for update skip locked)`,
    [ids],
  );
}

export async function refireAlerts(tx: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `update alerts set status = 'firing', ends_at = null, seen = seen + 1, last_seen_at = app.now() where id = any($1)`,
    [ids],
  );
}

export async function endAlerts(
  tx: Queryable,
  ends: readonly { readonly id: string; readonly endsAt: Date }[],
): Promise<void> {
  if (ends.length === 0) return;
  await tx.query(
    `update alerts set status = 'resolved', ends_at = e.ends_at, last_seen_at = app.now()
     from unnest($1::text[], $2::timestamptz[]) as e (id, ends_at) where alerts.id = e.id`,
    [ends.map((end) => end.id), ends.map((end) => end.endsAt)],
  );
}

/** Of these incidents the open ones, with how many of their alerts still fire. */
export async function countFiring(
  tx: Queryable,
  incidentIds: readonly string[],
): Promise<readonly (OpenIncident & { readonly firing: number })[]> {
  const answer = await tx.query<{
    id: string;
    number: string;
    group_key: string | null;
    severity: Severity;
    channel_id: string | null;
    firing: number;
  }>(
    `select i.id, i.number, i.group_key, i.severity, i.channel_id,
            (select count(*)::int from alerts a where a.incident_id = i.id and a.status = 'firing') as firing
     from incidents i where i.id = any($1) and i.status in ${OPEN} order by i.id`,
    [incidentIds],
  );
  return answer.rows.map((row) => ({ ...toOpenIncident(row), firing: row.firing }));
}

interface AlertRow extends Record<string, unknown> {
  id: string;
  source: string;
  fingerprint: string;
  starts_at: Date;
  ends_at: Date | null;
  status: AlertStatus;
  name: string;
  severity_label: string | null;
  service: string | null;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  url: string | null;
  incident_id: string;
  first_seen_at: Date;
  last_seen_at: Date;
  seen: number;
}

/** Alerts of an incident in the order they came, at most `limit`. */
export async function listAlerts(
  db: Queryable,
  incidentId: string,
  limit: number,
): Promise<readonly Alert[]> {
  const answer = await db.query<AlertRow>(
    'select * from alerts where incident_id = $1 order by first_seen_at, id limit $2',
    [incidentId, limit],
  );
  return answer.rows.map(toAlert);
}

export interface AlertCounts {
  readonly total: number;
  readonly firing: number;
}

export async function countAlerts(db: Queryable, incidentId: string): Promise<AlertCounts> {
  const answer = await db.query<{ total: number; firing: number }>(
    `select count(*)::int as total, count(*) filter (where status = 'firing')::int as firing
     from alerts where incident_id = $1`,
    [incidentId],
  );
  return answer.rows[0] ?? { total: 0, firing: 0 };
}

function toOpenIncident(row: {
  id: string;
  number: string;
  group_key: string | null;
  severity: Severity;
  channel_id: string | null;
}): OpenIncident {
  return {
    id: row.id,
    number: Number(row.number),
    groupKey: row.group_key,
    severity: row.severity,
    channelId: row.channel_id,
  };
}

function toAlert(row: AlertRow): Alert {
  return {
    id: row.id,
    source: row.source,
    fingerprint: row.fingerprint,
    status: row.status,
    name: row.name,
    severityLabel: row.severity_label,
    service: row.service,
    labels: new Map(Object.entries(row.labels)),
    annotations: new Map(Object.entries(row.annotations)),
    url: row.url,
    incidentId: row.incident_id,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    seen: row.seen,
  };
}

/** fromEntries makes every key an own one, also __proto__. */
function toObject(map: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(map);
}

/** Names of all alerts of an incident, each once, the first to fire first. */
export async function listAlertNames(db: Queryable, incidentId: string): Promise<readonly string[]> {
  const answer = await db.query<{ name: string }>(
    'select name from alerts where incident_id = $1 group by name order by min(first_seen_at), name',
    [incidentId],
  );
  return answer.rows.map((row) => row.name);
}
