import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../harness/database.ts';
import type { TestDatabase } from '../harness/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

test('the application logs in without the right to change the schema or the log', async () => {
  const app = await connect(db.url);
  await expect(app.query('create table app.mine (n int)')).rejects.toThrow(/permission denied/);
  await expect(app.query('delete from app.log')).rejects.toThrow(/permission denied/);
  await expect(app.query("update app.clock set offset_by = '1 hour'")).rejects.toThrow(/permission denied/);
  await expect(app.query('set role tocsin_owner')).rejects.toThrow(/permission denied/);
  await app.end();
});

test('the owner moves the clock of this database only', async () => {
  const other = await createTestDatabase();
  const owner = await connect(db.ownerUrl);
  await owner.query("update app.clock set offset_by = '1 hour'");
  await owner.end();
  expect(await offsetMinutes(db.url)).toBe(60);
  expect(await offsetMinutes(other.url)).toBe(0);
  await other.drop();
});

async function offsetMinutes(url: string): Promise<number> {
  const client = await connect(url);
  const { rows } = await client.query<{ minutes: number }>(
    'select extract(epoch from app.now() - now())::int / 60 as minutes',
  );
  await client.end();
  return rows[0]?.minutes ?? NaN;
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}
