import type { Database, Queryable } from '../db/database.ts';

/** A job that failed for a reason that time does not heal. */
export interface QuarantinedJob {
  readonly id: string;
  readonly job: string;
  readonly payload: Readonly<Record<string, string>>;
  readonly attempts: number;
  /** The error as the log describes it, as JSON. */
  readonly error: string;
  readonly at: Date;
}

export async function listQuarantined(db: Queryable): Promise<readonly QuarantinedJob[]> {
  const answer = await db.query<QuarantinedJob & Record<string, unknown>>(
    'select id, job, payload, attempts, error, at from quarantined_jobs order by at, id limit 200',
  );
  return answer.rows;
}

/**
 * Drives quarantined jobs again: each becomes a deadline that is due now, which a running replica turns into a job. It
 * starts with all its tries.
 * @param id one of them, or undefined for all
 * @returns how many
 */
export async function redrive(db: Database, id: string | undefined): Promise<number> {
  const answer = await db.query(
    `with taken as (delete from quarantined_jobs where $1::text is null or id = $1 returning id, job, payload)
     insert into deadlines (job, key, payload, due_at) select job, 'redrive:' || id, payload, app.now() from taken
     on conflict do nothing`,
    [id ?? null],
  );
  return answer.rowCount;
}
