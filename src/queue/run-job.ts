import type { Database } from '../db/database.ts';
import { CodedError, toCodedError } from '../errors.ts';
import { FLOW } from '../flow.ts';
import { describeError } from '../logger.ts';
import type { Logger } from '../logger.ts';
import type { EnqueueJob } from './enqueue.ts';
import type { JobEnvelope, JobName, JobPayloads } from './jobs.ts';

export interface JobContext {
  readonly attempt: number;
  /** Aborted when the claim on the job was lost: stop, another replica has it. */
  readonly signal: AbortSignal;
}

export type JobHandlers = {
  readonly [N in JobName]: (payload: JobPayloads[N], context: JobContext) => Promise<void>;
};

export interface RunJobDeps {
  readonly db: Database;
  readonly log: Logger;
  readonly enqueue: EnqueueJob;
  readonly handlers: JobHandlers;
}

export interface ClaimedJob extends JobContext {
  readonly id: string;
  readonly envelope: JobEnvelope;
}

/**
 * Runs one claimed job and says how it ended. Temporary trouble fails it, to be tried again; a rate limit puts it back
 * for when there is budget; what time does not heal is quarantined after the tries of its rule, so that it neither
 * blocks others nor is lost.
 */
export async function runJob(deps: RunJobDeps, claimed: ClaimedJob): Promise<'completed' | 'failed'> {
  try {
    const { attempt, signal } = claimed;
    await dispatch(deps.handlers, claimed.envelope, { attempt, signal });
    return 'completed';
  } catch (thrown) {
    return handleFailure(deps, claimed, toCodedError(thrown));
  }
}

async function dispatch<N extends JobName>(
  handlers: JobHandlers,
  envelope: JobEnvelope<N>,
  context: JobContext,
): Promise<void> {
  if (!Object.hasOwn(handlers, envelope.job)) {
    // A newer version knows this job: leave it to its replicas.
    throw new CodedError('unavailable', `This version knows no job ${envelope.job}.`);
  }
  await handlers[envelope.job](envelope.payload, context);
}

async function handleFailure(
  deps: RunJobDeps,
  claimed: ClaimedJob,
  error: CodedError,
): Promise<'completed' | 'failed'> {
  const facts = { job: claimed.envelope.job, attempt: claimed.attempt, err: error };
  try {
    if (error.code === 'rate_limited') {
      await putBack(deps, claimed.envelope, error.retryAfterSeconds ?? 1);
      return 'completed';
    }
    if (mayHeal(claimed, error)) {
      deps.log.warn(facts, 'a job failed and will be tried again');
      return 'failed';
    }
    await quarantine(deps, claimed, error);
    deps.log.error(facts, 'a job was quarantined: see npm run quarantine');
    return 'completed';
  } catch (bookkeeping) {
    deps.log.warn(
      { ...facts, err: bookkeeping },
      'a failed job could not be put aside; it will be tried again',
    );
    return 'failed';
  }
}

function mayHeal({ envelope, attempt }: ClaimedJob, error: CodedError): boolean {
  if (error.retryable) return true;
  const rule = FLOW[envelope.job];
  return attempt < rule.tries || (error.code === 'config' && rule.untilMended === true);
}

async function putBack<N extends JobName>(
  deps: RunJobDeps,
  envelope: JobEnvelope<N>,
  delaySeconds: number,
): Promise<void> {
  const { job, payload, key, urgency } = envelope;
  await deps.enqueue(deps.db, job, payload, {
    key,
    delaySeconds,
    ...(urgency === undefined ? {} : { urgency }),
  });
}

async function quarantine(deps: RunJobDeps, claimed: ClaimedJob, error: CodedError): Promise<void> {
  await deps.db.query(
    `insert into quarantined_jobs (id, job, payload, attempts, error) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [
      claimed.id,
      claimed.envelope.job,
      JSON.stringify(claimed.envelope.payload),
      claimed.attempt,
      JSON.stringify(describeError(error)),
    ],
  );
}
