import type { Queryable } from '../db/database.ts';
import type { SlackUser } from '../people/model.ts';
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

/** The incident, kept as it is until the transaction ends: for what may only begin while it is open. */
export async function shareIncident(tx: Queryable, id: string): Promise<Incident | undefined> {
  return first(await tx.query<IncidentRow>('select * from incidents where id = $1 for share', [id]));
}

export async function findIncidentByNumber(db: Queryable, number: number): Promise<Incident | undefined> {
  return first(await db.query<IncidentRow>('select * from incidents where number = $1', [number]));
}

export async function findIncidentByChannel(db: Queryable, channelId: string): Promise<Incident | undefined> {
  return first(await db.query<IncidentRow>('select * from incidents where channel_id = $1', [channelId]));
}

/** Open incidents, most severe first, then oldest; at most `limit`. A private one shows in its own channel only. */
export async function listOpenIncidents(
  db: Queryable,
  limit: number,
  fromChannelId: string,
): Promise<readonly Incident[]> {
  const answer = await db.query<IncidentRow>(
    `select * from incidents where status in ('investigating', 'identified', 'monitoring')
       and (not is_private or channel_id = $2)
     order by severity, number limit $1`,
    [limit, fromChannelId],
  );
  return answer.rows.map(toIncident);
}

/** How often a name for the channel was taken by others. */
export async function getChannelSuffix(db: Queryable, id: string): Promise<number> {
  const answer = await db.query<{ channel_suffix: number }>(
    'select channel_suffix from incidents where id = $1',
    [id],
  );
  return answer.rows[0]?.channel_suffix ?? 0;
}

export async function raiseChannelSuffix(db: Queryable, id: string, suffix: number): Promise<void> {
  await db.query('update incidents set channel_suffix = greatest(channel_suffix, $2) where id = $1', [
    id,
    suffix,
  ]);
}

export async function setChannel(
  tx: Queryable,
  id: string,
  channel: { readonly channelId: string; readonly name: string },
): Promise<void> {
  await tx.query(
    'update incidents set channel_id = $2, channel_name = $3, version = version + 1 where id = $1',
    [id, channel.channelId, channel.name],
  );
}

/** @returns false when the people on call were invited before */
export async function markInvited(tx: Queryable, id: string): Promise<boolean> {
  const answer = await tx.query(
    'update incidents set invited_at = app.now() where id = $1 and invited_at is null',
    [id],
  );
  return answer.rowCount === 1;
}

export async function setCommander(tx: Queryable, id: string, user: SlackUser): Promise<void> {
  await tx.query(
    `update incidents set commander_team = $2, commander_user = $3,
       acknowledged_at = coalesce(acknowledged_at, app.now()), version = version + 1 where id = $1`,
    [id, user.teamId, user.userId],
  );
}

/** Monitoring means that the impact is over: the first time it is said is kept. */
export async function setStatus(tx: Queryable, id: string, status: IncidentStatus): Promise<void> {
  await tx.query(
    `update incidents set status = $2, version = version + 1,
       mitigated_at = case when $2 = 'monitoring' then coalesce(mitigated_at, app.now()) else mitigated_at end
     where id = $1`,
    [id, status],
  );
}

export async function setService(tx: Queryable, id: string, service: string): Promise<void> {
  await tx.query('update incidents set service = $2, version = version + 1 where id = $1', [id, service]);
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
