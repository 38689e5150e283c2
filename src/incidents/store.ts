import type { Queryable } from '../db/database.ts';
import type { Incident, IncidentStatus, OpenedBy, Severity } from './model.ts';

interface IncidentRow extends Record<string, unknown> {
  id: string;
  number: string;
  group_key: string | null;
  title: string;
  slug: string;
  severity: Severity;
  status: IncidentStatus;
  service: string | null;
  is_private: boolean;
  opened_by: OpenedBy;
  commander_team: string | null;
  commander_user: string | null;
  started_at: Date;
  opened_at: Date;
  acknowledged_at: Date | null;
  mitigated_at: Date | null;
  resolved_at: Date | null;
  closed_at: Date | null;
  channel_id: string | null;
  channel_name: string | null;
  route_reason: string | null;
  version: string;
}

export async function getIncident(db: Queryable, id: string): Promise<Incident | undefined> {
  return first(await db.query<IncidentRow>('select * from incidents where id = $1', [id]));
}

/** The incident, locked until the transaction ends: for changes that decide on what they read. */
export async function lockIncident(tx: Queryable, id: string): Promise<Incident | undefined> {
  return first(await tx.query<IncidentRow>('select * from incidents where id = $1 for update', [id]));
}

export async function findIncidentByNumber(db: Queryable, number: number): Promise<Incident | undefined> {
  return first(await db.query<IncidentRow>('select * from incidents where number = $1', [number]));
}

export async function findIncidentByChannel(db: Queryable, channelId: string): Promise<Incident | undefined> {
  return first(await db.query<IncidentRow>('select * from incidents where channel_id = $1', [channelId]));
}

/** Open incidents, most severe first, then oldest; at most `limit`. */
export async function listOpenIncidents(db: Queryable, limit: number): Promise<readonly Incident[]> {
  const answer = await db.query<IncidentRow>(
    `select * from incidents where status in ('investigating', 'identified', 'monitoring') order by severity, number limit $1`,
    [limit],
  );
  return answer.rows.map(toIncident);
}

function first(answer: { readonly rows: readonly IncidentRow[] }): Incident | undefined {
  return answer.rows[0] === undefined ? undefined : toIncident(answer.rows[0]);
}

/** A row of `incidents` as the model has it; for stores of later features that join it. */
export function toIncident(row: IncidentRow): Incident {
  const commander =
    row.commander_team === null || row.commander_user === null
      ? null
      : { teamId: row.commander_team, userId: row.commander_user };
  return {
    id: row.id,
    number: Number(row.number),
    groupKey: row.group_key,
    title: row.title,
    slug: row.slug,
    severity: row.severity,
    status: row.status,
    service: row.service,
    isPrivate: row.is_private,
    openedBy: row.opened_by,
    commander,
    startedAt: row.started_at,
    openedAt: row.opened_at,
    acknowledgedAt: row.acknowledged_at,
    mitigatedAt: row.mitigated_at,
    resolvedAt: row.resolved_at,
    closedAt: row.closed_at,
    channelId: row.channel_id,
    channelName: row.channel_name,
    routeReason: row.route_reason,
    version: Number(row.version),
  };
}
