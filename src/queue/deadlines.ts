import type { Database, Queryable } from '../db/database.ts';
import { FLOW } from '../flow.ts';
import type { EnqueueJob } from './enqueue.ts';
import type { JobEnvelope, JobName, JobPayloads } from './jobs.ts';

export interface Deadline<N extends JobName> {
  readonly job: N;
  /** One deadline per job and key; setting it again moves it. */
  readonly key: string;
  readonly payload: JobPayloads[N];
  readonly dueAt: Date;
  readonly urgency?: number;
}

/** Sets (or moves) a deadline in the caller's transaction. When it passes, its job is enqueued, once. */
export async function setDeadline<N extends JobName>(tx: Queryable, deadline: Deadline<N>): Promise<void> {
  await tx.query(
    `insert into deadlines (job, key, payload, due_at, urgency) values ($1, $2, $3, $4, $5)
     on conflict (job, key) do update set payload = excluded.payload, due_at = excluded.due_at, urgency = excluded.urgency`,
    [deadline.job, deadline.key, JSON.stringify(deadline.payload), deadline.dueAt, deadline.urgency ?? 5],
  );
}

export async function cancelDeadline(tx: Queryable, job: JobName, key: string): Promise<void> {
  await tx.query('delete from deadlines where job = $1 and key = $2', [job, key]);
}

type DueRow = JobEnvelope & { readonly urgency: number };

/** How many deadlines one tick turns into jobs; the rest waits for the next one. */
const BATCH = 200;

/**
 * Turns due deadlines into jobs, oldest first. Any number of replicas may tick at once: each row goes to one. Jobs that
 * only a newer version knows are left to its replicas: one such row must not hold up all others.
 * @returns how many were due
 */
export async function fireDueDeadlines(db: Database, enqueue: EnqueueJob): Promise<number> {
  return db.transaction(async (tx) => {
    const due = await tx.query<DueRow>(
      `delete from deadlines where (job, key) in (
         select job, key from deadlines where due_at <= app.now() and job = any($1)
         order by due_at limit ${BATCH} for update skip locked)
       returning job, key, payload, urgency`,
      [Object.keys(FLOW)],
    );
    for (const row of due.rows) {
      await fire(tx, enqueue, row, row.urgency);
    }
    return due.rows.length;
  });
}

async function fire<N extends JobName>(
  tx: Queryable,
  enqueue: EnqueueJob,
  due: JobEnvelope<N>,
  urgency: number,
): Promise<void> {
  await enqueue(tx, due.job, due.payload, { key: `${due.key}:deadline`, urgency });
}
