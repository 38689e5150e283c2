import { PgBoss } from 'pg-boss';
import { withOwnerLock } from '../db/with-owner-lock.ts';
import type { Lane } from '../flow.ts';

export const QUEUE_SCHEMA = 'jobs';
export const LANES: readonly Lane[] = ['channels', 'messages', 'actions'];

/** Seconds without a sign of life after which a job counts as abandoned; 10 is the least that pg-boss takes. */
const HEARTBEAT_SECONDS = 10;
/** Above the longest job: following a rollout, whose own deadline is usually 10 minutes. */
const EXPIRE_SECONDS = 3_600;
const LOCK = 7_206_012;

/** Creates or upgrades the job queue's schema with the owner's rights and lets the application's role use it. */
export async function installQueue(ownerUrl: string): Promise<void> {
  await withOwnerLock(ownerUrl, LOCK, async (runSql) => {
    const boss = new PgBoss({
      connectionString: ownerUrl,
      schema: QUEUE_SCHEMA,
      max: 2,
      supervise: false,
      schedule: false,
    });
    // What it notices beside a call; the calls themselves fail. Unheard, it would end the process.
    boss.on('error', () => undefined);
    try {
      await boss.start();
      for (const lane of LANES) await installLane(boss, lane);
      await runSql(`grant usage on schema ${QUEUE_SCHEMA} to tocsin_app`);
      await runSql(
        `grant select, insert, update, delete on all tables in schema ${QUEUE_SCHEMA} to tocsin_app`,
      );
      await runSql(`grant execute on all functions in schema ${QUEUE_SCHEMA} to tocsin_app`);
      await runSql(`grant usage on all sequences in schema ${QUEUE_SCHEMA} to tocsin_app`);
    } finally {
      await boss.stop({ graceful: false });
    }
  });
}

async function installLane(boss: PgBoss, lane: Lane): Promise<void> {
  const options = {
    notify: true,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: EXPIRE_SECONDS,
    // Temporary trouble is tried until it is over; run-job.ts takes out what time does not heal.
    retryLimit: 100_000,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 15,
    deleteAfterSeconds: 3_600,
  };
  if ((await boss.getQueue(lane)) === null) await boss.createQueue(lane, { ...options, policy: 'short' });
  else await boss.updateQueue(lane, options);
}
