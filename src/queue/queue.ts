import { randomUUID } from 'node:crypto';
import { PgBoss } from 'pg-boss';
import type { JobResult, WorkOptions } from 'pg-boss';
import { connectionOptions, APPLICATION_ROLE, QUERY_TIMEOUT } from '../db/database.ts';
import type { Database } from '../db/database.ts';
import { FLOW } from '../flow.ts';
import type { Lane } from '../flow.ts';
import type { Logger } from '../logger.ts';
import { fireDueDeadlines } from './deadlines.ts';
import type { EnqueueJob } from './enqueue.ts';
import { LANES, QUEUE_SCHEMA } from './install-queue.ts';
import type { JobEnvelope } from './jobs.ts';
import { runJob } from './run-job.ts';
import type { JobHandlers } from './run-job.ts';

export interface Queue {
  readonly enqueue: EnqueueJob;
  /** Starts the workers and the deadline tick of this replica. */
  start(handlers: JobHandlers): Promise<void>;
  /** Lets running jobs end (at most `timeoutMs`), then stops; what is not done is taken over by another replica. */
  stop(timeoutMs: number): Promise<void>;
}

export interface QueueDeps {
  readonly url: string;
  readonly db: Database;
  readonly log: Logger;
}

/**
 * A worker takes one batch, ends it, takes the next: with a batch of one a backlog drains at one job per poll
 * (measured: 17 jobs/s against 1,600/s with two), so messages never go below two. A batch is settled when its last job
 * ends: beside a rollout that takes ten minutes, an action that is to be tried again would wait until its approval has
 * run out. Actions are few and long, so each has a worker of its own.
 */
const WORKERS: Readonly<Record<Lane, { readonly batchSize: number; readonly localConcurrency: number }>> = {
  channels: { batchSize: 2, localConcurrency: 3 },
  messages: { batchSize: 2, localConcurrency: 5 },
  actions: { batchSize: 1, localConcurrency: 8 },
};

/** NOTIFY wakes the workers; while its connection is broken they look by themselves this often: a step waits 2 s at most. */
const BRIDGE_SECONDS = 1;

const PER_JOB = { perJobResults: true } as const;

const DEADLINE_TICK_MS = 1_000;

/** Handed through to pg, of which pg-boss's own types do not speak. */
const CONNECTION = { keepAlive: true, query_timeout: QUERY_TIMEOUT } as const;

export function createQueue(deps: QueueDeps): Queue {
  const boss = new PgBoss({
    connectionString: deps.url,
    options: connectionOptions(APPLICATION_ROLE),
    application_name: 'tocsin-jobs',
    ...CONNECTION,
    schema: QUEUE_SCHEMA,
    max: 3,
    migrate: false,
    createSchema: false,
    schedule: false,
    useListenNotify: true,
    // Of the 15 s in which another replica goes on, the heartbeat takes ten and looking for it at most one.
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    reindex: false,
    monitorVacuum: false,
  });
  boss.on('error', (error) => deps.log.warn({ err: error }, 'the job queue had trouble'));
  const enqueue = createEnqueue(boss);
  let ticker: NodeJS.Timeout | undefined;
  return {
    enqueue,
    start: async (handlers) => {
      await boss.start();
      for (const lane of LANES) await startWorkers({ boss, lane, handlers, deps, enqueue });
      ticker = startTicking(deps, enqueue);
    },
    stop: async (timeoutMs) => {
      clearInterval(ticker);
      await boss.stop({ graceful: true, timeout: timeoutMs });
    },
  };
}

function createEnqueue(boss: PgBoss): EnqueueJob {
  return async (tx, name, payload, options = {}) => {
    const rule = FLOW[name];
    const key = options.key ?? randomUUID();
    const urgency = options.urgency ?? rule.urgency;
    await boss.send(
      rule.lane,
      { job: name, payload, key, urgency },
      {
        db: { executeSql: (text, values) => tx.query(text, values) },
        priority: 10 - urgency,
        singletonKey: `${name}:${key}`,
        ...(options.delaySeconds === undefined
          ? {}
          : { startAfter: Math.max(1, Math.ceil(options.delaySeconds)) }),
      },
    );
  };
}

interface StartWorkersInput {
  readonly boss: PgBoss;
  readonly lane: Lane;
  readonly handlers: JobHandlers;
  readonly deps: QueueDeps;
  readonly enqueue: EnqueueJob;
}

async function startWorkers({ boss, lane, handlers, deps, enqueue }: StartWorkersInput): Promise<void> {
  await boss.work<JobEnvelope, JobResult[], typeof PER_JOB & WorkOptions>(
    lane,
    {
      ...WORKERS[lane],
      ...PER_JOB,
      burstWhenBatchFull: true,
      pollingIntervalSeconds: 0.5,
      notifyPollingIntervalSeconds: BRIDGE_SECONDS,
    },
    (jobs) =>
      Promise.all(
        jobs.map(async (job) => ({
          id: job.id,
          status: await runJob(
            { db: deps.db, log: deps.log, enqueue, handlers },
            { id: job.id, envelope: job.data, attempt: job.retryCount + 1, signal: job.signal },
          ),
        })),
      ),
  );
}

function startTicking(deps: QueueDeps, enqueue: EnqueueJob): NodeJS.Timeout {
  let running = false;
  const tick = async (): Promise<void> => {
    if (running) return;
    running = true;
    try {
      await fireDueDeadlines(deps.db, enqueue);
    } catch (error) {
      deps.log.warn({ err: error }, 'deadlines could not be looked at; the next tick tries again');
    } finally {
      running = false;
    }
  };
  return setInterval(() => void tick(), DEADLINE_TICK_MS);
}
