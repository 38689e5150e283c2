import { createTask } from 'node-cron';
import type { Database } from '../db/database.ts';
import type { Logger } from '../logger.ts';

export interface HousekeepingDeps {
  readonly db: Database;
  readonly log: Logger;
  /** Writes the head of the log to a place outside the database. */
  readonly anchor: () => Promise<void>;
}

/** Days that the raw body of a delivery is kept for diagnosis. */
const KEEP_BODIES_DAYS = 30;
/** A replay is refused by its timestamp after five minutes; Slack's own retries come within an hour. */
const KEEP_SEEN_HOURS = 2;

export interface Housekeeping {
  stop(): Promise<void>;
}

/** Calendar things. Every one of them may run on all replicas at once and changes nothing the second time. */
export function startHousekeeping(deps: HousekeepingDeps): Housekeeping {
  const guarded = (what: string, work: () => Promise<unknown>) => async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      deps.log.warn({ err: error, what }, 'housekeeping failed; it runs again');
    }
  };
  const tasks = [
    createTask('7 * * * *', guarded('anchor', deps.anchor)),
    createTask(
      '*/10 * * * *',
      guarded('forget', () => forgetOld(deps.db)),
    ),
  ];
  for (const task of tasks) void task.start();
  return {
    stop: async () => {
      for (const task of tasks) await task.destroy();
    },
  };
}

async function forgetOld(db: Database): Promise<void> {
  await db.query(`delete from seen_requests where seen_at < app.now() - make_interval(hours => $1)`, [
    KEEP_SEEN_HOURS,
  ]);
  await db.query(
    `update deliveries set body = null where body is not null and received_at < app.now() - make_interval(days => $1)`,
    [KEEP_BODIES_DAYS],
  );
}
