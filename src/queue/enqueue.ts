import type { Queryable } from '../db/database.ts';
import type { JobName, JobPayloads } from './jobs.ts';

export interface EnqueueOptions {
  /** Two jobs of one name and key that have not started yet are one job. Without a key every call is a job. */
  readonly key?: string;
  /** 1 first … 9 last; the flow's rule unless given. */
  readonly urgency?: number;
  /** Seconds to wait at least, by real time. For times that people see, use a deadline instead. */
  readonly delaySeconds?: number;
}

/** Adds a job inside the caller's transaction: it exists exactly when the transaction commits. */
export type EnqueueJob = <N extends JobName>(
  tx: Queryable,
  name: N,
  payload: JobPayloads[N],
  options?: EnqueueOptions,
) => Promise<void>;
