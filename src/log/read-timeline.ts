import type { Queryable } from '../db/database.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Actor } from './append-log.ts';

/** A row of the log as people read it. */
export interface TimelineEntry {
  readonly seq: number;
  readonly at: Date;
  readonly incidentId: string | null;
  readonly kind: string;
  readonly actor: Actor;
  readonly data: JsonObject;
  /** What people or senders wrote; null where it was erased. */
  readonly texts: ReadonlyMap<string, string | null>;
}

interface Row extends Record<string, unknown> {
  seq: string;
  at: Date;
  incident_id: string | null;
  kind: string;
  actor: Actor;
  data: JsonObject;
  texts: Record<string, string | null> | null;
}

const SELECT = `select l.seq, l.at, l.incident_id, l.kind, l.actor, l.data,
  (select jsonb_object_agg(t.name, t.text) from log_texts t where t.seq = l.seq) as texts from log l`;

/** The newest `limit` rows about an incident, oldest first. */
export async function readTimeline(
  db: Queryable,
  incidentId: string,
  limit: number,
): Promise<readonly TimelineEntry[]> {
  const answer = await db.query<Row>(
    `select * from (${SELECT} where l.incident_id = $1 order by l.seq desc limit $2) newest order by seq`,
    [incidentId, limit],
  );
  return answer.rows.map(toEntry);
}

export async function readLogRow(db: Queryable, seq: number): Promise<TimelineEntry | undefined> {
  const answer = await db.query<Row>(`${SELECT} where l.seq = $1`, [seq]);
  return answer.rows[0] === undefined ? undefined : toEntry(answer.rows[0]);
}

function toEntry(row: Row): TimelineEntry {
  return {
    seq: Number(row.seq),
    at: row.at,
    incidentId: row.incident_id,
    kind: row.kind,
    actor: row.actor,
    data: row.data,
    texts: new Map(Object.entries(row.texts ?? {})),
  };
}
