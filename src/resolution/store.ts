import type { Queryable } from '../db/database.ts';
import type { NewId } from '../lib/id.ts';
import type { SlackUser } from '../people/model.ts';
import type { FollowUp, NewFollowUp, Resolution } from './model.ts';

interface ResolutionRow extends Record<string, unknown> {
  impact: string;
  users_affected: string | null;
  root_cause: string | null;
  resolved_by_team: string;
  resolved_by_user: string;
  override_reason: string | null;
  at: Date;
}

export async function getResolution(db: Queryable, incidentId: string): Promise<Resolution | undefined> {
  const answer = await db.query<ResolutionRow>('select * from resolutions where incident_id = $1', [
    incidentId,
  ]);
  const row = answer.rows[0];
  if (row === undefined) return undefined;
  return {
    impact: row.impact,
    usersAffected: row.users_affected,
    rootCause: row.root_cause,
    resolvedBy: { teamId: row.resolved_by_team, userId: row.resolved_by_user },
    overrideReason: row.override_reason,
    at: row.at,
  };
}

export async function putResolution(
  tx: Queryable,
  incidentId: string,
  said: Omit<Resolution, 'at'>,
): Promise<void> {
  await tx.query(
    `insert into resolutions (incident_id, impact, users_affected, root_cause, resolved_by_team, resolved_by_user, override_reason)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (incident_id) do update set (impact, users_affected, root_cause, resolved_by_team, resolved_by_user, override_reason, at)
       = (excluded.impact, excluded.users_affected, excluded.root_cause, excluded.resolved_by_team, excluded.resolved_by_user, excluded.override_reason, app.now())`,
    [
      incidentId,
      said.impact,
      said.usersAffected,
      said.rootCause,
      said.resolvedBy.teamId,
      said.resolvedBy.userId,
      said.overrideReason,
    ],
  );
}

export async function insertFollowUps(
  tx: Queryable,
  newId: NewId,
  incidentId: string,
  followUps: readonly NewFollowUp[],
): Promise<void> {
  for (const [position, followUp] of followUps.entries()) {
    await tx.query(
      'insert into follow_ups (id, incident_id, action, owner_team, owner_user, due_on, position) values ($1, $2, $3, $4, $5, $6, $7)',
      [
        newId(),
        incidentId,
        followUp.action,
        followUp.owner?.teamId ?? null,
        followUp.owner?.userId ?? null,
        followUp.dueOn,
        position,
      ],
    );
  }
}

interface FollowUpRow extends Record<string, unknown> {
  id: string;
  action: string;
  owner_team: string | null;
  owner_user: string | null;
  due_on: string | null;
  status: FollowUp['status'];
}

export async function listFollowUps(db: Queryable, incidentId: string): Promise<readonly FollowUp[]> {
  const answer = await db.query<FollowUpRow>(
    `select id, action, owner_team, owner_user, due_on::text, status from follow_ups
     where incident_id = $1 order by created_at, position, id`,
    [incidentId],
  );
  return answer.rows.map((row) => ({
    id: row.id,
    action: row.action,
    owner: ownerOf(row),
    dueOn: row.due_on,
    status: row.status,
  }));
}

function ownerOf(row: FollowUpRow): SlackUser | null {
  return row.owner_team === null || row.owner_user === null
    ? null
    : { teamId: row.owner_team, userId: row.owner_user };
}
