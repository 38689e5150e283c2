import type { Queryable } from './database.ts';

/** The database's clock, which alone says what is due and what has expired; in a transaction, the time it began. */
export async function readNow(db: Queryable): Promise<Date> {
  const answer = await db.query<{ now: Date }>('select app.now() as now');
  return answer.rows[0]?.now ?? new Date(0);
}
