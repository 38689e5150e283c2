import type { Queryable } from '../db/database.ts';
import type { Surface, SurfaceKind } from './model.ts';

interface SurfaceRow extends Record<string, unknown> {
  id: string;
  kind: SurfaceKind;
  subject: string;
  page: number;
  incident_id: string | null;
  channel_id: string | null;
  ts: string | null;
  urgency: number;
  wanted: string;
  shown: string;
  shown_hash: string | null;
  attempted_at: Date | null;
  retired_at: Date | null;
}

export async function getSurface(db: Queryable, id: string): Promise<Surface | undefined> {
  const answer = await db.query<SurfaceRow>('select * from surfaces where id = $1', [id]);
  return answer.rows[0] === undefined ? undefined : toSurface(answer.rows[0]);
}

/** The surface that a message in Slack is, or undefined when we did not post it: buttons are valid only in ours. */
export async function findSurfaceByMessage(
  db: Queryable,
  channelId: string,
  ts: string,
): Promise<Surface | undefined> {
  const answer = await db.query<SurfaceRow>('select * from surfaces where channel_id = $1 and ts = $2', [
    channelId,
    ts,
  ]);
  return answer.rows[0] === undefined ? undefined : toSurface(answer.rows[0]);
}

/** Whether a message of ours is on its way to this channel, so that people may see it before we know its `ts`. */
export async function isPosting(db: Queryable, channelId: string): Promise<boolean> {
  const answer = await db.query(
    'select from surfaces where channel_id = $1 and ts is null and tried_at is not null limit 1',
    [channelId],
  );
  return answer.rowCount > 0;
}

/** Live surfaces about a subject, first page first. */
export async function findSurfaces(
  db: Queryable,
  kind: SurfaceKind,
  subject: string,
): Promise<readonly Surface[]> {
  const answer = await db.query<SurfaceRow>(
    'select * from surfaces where kind = $1 and subject = $2 and retired_at is null order by page',
    [kind, subject],
  );
  return answer.rows.map(toSurface);
}

/**
 * Records that rendering number `rendered` is what Slack shows.
 * @returns false when something newer is wanted by now: render again
 */
export async function recordShown(
  db: Queryable,
  id: string,
  rendered: number,
  hash: string,
): Promise<boolean> {
  const answer = await db.query<{ current: boolean }>(
    `update surfaces set shown = greatest(shown, $2), shown_hash = $3 where id = $1 returning wanted = $2 as current`,
    [id, rendered, hash],
  );
  return answer.rows[0]?.current ?? true;
}

/** Seconds that a first post normally takes at most: Slack's time-out and the look that follows it. */
const CONFIRMED_WITHIN = 10;

/** Kinds of the messages of an incident that were tried and of which Slack has not said whether they arrived. */
export async function listUnconfirmed(db: Queryable, incidentId: string): Promise<readonly SurfaceKind[]> {
  const answer = await db.query<{ kind: SurfaceKind }>(
    `select distinct kind from surfaces
     where incident_id = $1 and ts is null and shown < wanted and tried_at < real_now() - make_interval(secs => $2)
     order by kind`,
    [incidentId, CONFIRMED_WITHIN],
  );
  return answer.rows.map((row) => row.kind);
}

function toSurface(row: SurfaceRow): Surface {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    page: row.page,
    incidentId: row.incident_id,
    channelId: row.channel_id,
    ts: row.ts,
    urgency: row.urgency,
    wanted: Number(row.wanted),
    shown: Number(row.shown),
    shownHash: row.shown_hash,
    attemptedAt: row.attempted_at,
    retiredAt: row.retired_at,
  };
}
