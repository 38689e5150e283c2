import type { Queryable } from '../db/database.ts';
import type { Severity } from '../incidents/model.ts';
import type { Alert, AlertStatus } from './model.ts';
import type { KnownFiring, NewFiring, OpenIncident } from './plan-intake.ts';

const OPEN = `('investigating', 'identified', 'monitoring')`;

/** What is stored about alerts that arrive, as of now. */
export interface Known {
  readonly now: Date;
  readonly known: readonly KnownFiring[];
  /** Open incidents of the groups. */
  readonly open: readonly OpenIncident[];
}

interface KnownRow extends Record<string, unknown> {
  now: Date;
  known: (Omit<KnownFiring, 'startsAt'> & { readonly startsAt: string })[];
  open: OpenIncident[];
}

/** Everything that intake decides on, in one round trip: a repeat costs little more. */
export async function loadKnown(
  tx: Queryable,
  source: string,
  wanted: { readonly fingerprints: readonly string[]; readonly groupKeys: readonly string[] },
): Promise<Known> {
  const answer = await tx.query<KnownRow>(
    `select app.now() as now,
       (select coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'fingerprint', a.fingerprint, 'startsAt', a.starts_at,
           'firing', a.status = 'firing', 'incidentId', a.incident_id, 'incidentNumber', i.number,
           'incidentOpen', i.status in ${OPEN})), '[]')
        from alerts a join incidents i on i.id = a.incident_id
        where a.source = $1 and a.fingerprint = any($2) and (a.status = 'firing' or i.status in ${OPEN})) as known,
       (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'number', number, 'groupKey', group_key)), '[]')
        from incidents where group_key = any($3) and status in ${OPEN}) as open`,
    [source, wanted.fingerprints, wanted.groupKeys],
  );
  const row = answer.rows[0];
  if (row === undefined) throw new Error('a select without from gave no row');
  const known = row.known.map((one) => ({ ...one, startsAt: new Date(one.startsAt) }));
  return { now: row.now, known, open: row.open };
}

/** Locks incidents in the order of their ids, so that two deliveries never wait for each other. */
export async function lockIncidents(tx: Queryable, ids: readonly string[]): Promise<void> {
  await tx.query('select id from incidents where id = any($1) order by id for no key update', [ids]);
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

export interface FiringCount {
  readonly id: string;
  readonly severity: Severity;
  readonly channelId: string | null;
  readonly firing: number;
}

/** Of these incidents the open ones, with how many of their alerts still fire. */
export async function countFiring(
  tx: Queryable,
  incidentIds: readonly string[],
): Promise<readonly FiringCount[]> {
  const answer = await tx.query<FiringCount & Record<string, unknown>>(
    `select i.id, i.severity, i.channel_id as "channelId",
            (select count(*)::int from alerts a where a.incident_id = i.id and a.status = 'firing') as firing
     from incidents i where i.id = any($1) and i.status in ${OPEN} order by i.id`,
    [incidentIds],
  );
  return answer.rows;
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
