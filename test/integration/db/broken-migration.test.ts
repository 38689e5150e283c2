import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withOwnerLock } from '../../../src/db/with-owner-lock.ts';
import { createTestDatabase } from '../../harness/database.ts';
import type { TestDatabase } from '../../harness/database.ts';

let database: TestDatabase;
let other: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  other = new Client({ connectionString: database.ownerUrl });
  await other.connect();
});
afterAll(async () => {
  await other.end();
  await database.drop();
});

// An 'error' event that nobody hears ends the process: then each replica that starts would die instead of trying again.
it('fails without a word to the process when its idle connection breaks while the schema is prepared', async () => {
  const working = withOwnerLock(database.ownerUrl, 1, async (runSql) => {
    const broken = await other.query(
      `select pg_terminate_backend(pid, 5000) from pg_stat_activity
       where datname = current_database() and application_name = 'tocsin-migrate'`,
    );
    expect(broken.rowCount).toBe(1);
    await other.query('select 1');
    await runSql('select 1');
  });
  await expect(working).rejects.toBeInstanceOf(Error);
  let entered = false;
  await withOwnerLock(database.ownerUrl, 1, async () => {
    entered = true;
    return Promise.resolve();
  });
  expect(entered).toBe(true);
});
