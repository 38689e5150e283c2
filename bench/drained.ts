import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';

/** Waits until the replicas have no job to do: the next round starts on a calm world. */
export async function drained(owner: pg.Client, timeoutMs = 90_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const answer = await owner.query<{ open: number }>(
      `select (select count(*) from jobs.job where state in ('created', 'retry', 'active'))::int
         + (select count(*) from app.surfaces where channel_id is not null and (ts is null or shown < wanted))::int as open`,
    );
    if (answer.rows[0]?.open === 0) return;
    await wait(50);
  }
  throw new Error(`jobs are still open after ${timeoutMs} ms`);
}
