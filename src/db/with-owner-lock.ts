import pg from 'pg';

/** Runs one statement with the owner's rights. */
export type RunSql = (sql: string) => Promise<void>;

/**
 * Does work on the schema with the owner's login while no other replica does the same: the advisory lock `lock` is held
 * until `work` has ended.
 */
export async function withOwnerLock(
  ownerUrl: string,
  lock: number,
  work: (runSql: RunSql) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'tocsin-migrate' });
  // A connection that breaks fails the statement under way; the event besides, unheard, would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [lock]);
    await work(async (sql) => {
      await client.query(sql);
    });
  } finally {
    await client.end();
  }
}
