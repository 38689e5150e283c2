import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { readMigrations } from '../../../src/db/migrate.ts';
import { OWNER, urlAs } from '../../harness/database.ts';
import { startProgram } from '../../harness/program.ts';
import { startWorld } from '../../harness/world.ts';

/** F19: milliseconds until the last of them is ready. */
const READY_WITHIN = 30_000;
/** The advisory lock at which they wait for each other. */
const BARRIER = 4_711;
const isLong = Number(process.env['TOCSIN_ROUNDS'] ?? 1) > 1;

const databases: string[] = [];
afterEach(async () => {
  for (const name of databases.splice(0)) await asAdmin(`drop database if exists ${name} with (force)`);
});

async function asAdmin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('testServer').adminUrl });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** @returns the owner's address of a database in which there is nothing */
async function emptyDatabase(): Promise<string> {
  const { adminUrl, password } = inject('testServer');
  const database = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(`create database ${database} owner ${OWNER}`);
  databases.push(database);
  return urlAs(adminUrl, { user: OWNER, password, database });
}

/** So many processes, let go at once. @returns how many migrations each of them applied */
async function prepareAtOnce(url: string, count: number): Promise<readonly number[]> {
  const barrier = new pg.Client({ connectionString: url });
  await barrier.connect();
  await barrier.query('select pg_advisory_lock($1)', [BARRIER]);
  const programs = Array.from({ length: count }, () =>
    startProgram('test/harness/prepare-database.ts', {
      DATABASE_MIGRATION_URL: url,
      BARRIER: String(BARRIER),
    }),
  );
  try {
    await Promise.all(programs.map((program) => program.line(/^at the barrier/, 60_000)));
    await barrier.query('select pg_advisory_unlock($1)', [BARRIER]);
    const lines = await Promise.all(programs.map((program) => program.line(/^prepared/, READY_WITHIN)));
    return lines.map((line) => Number(line.split(' ')[1]));
  } finally {
    await barrier.end();
    await Promise.all(programs.map((program) => program.kill()));
  }
}

async function landed(url: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>('select name from app.migrations order by name');
  await client.end();
  return rows.map((row) => row.name);
}

/** The schema as the version before the newest migration left it. */
async function migrateAllButLast(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create schema app');
  await client.query(
    'create table app.migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
  );
  await client.query('set search_path to app');
  for (const { name, sql, checksum } of (await readMigrations()).slice(0, -1)) {
    await client.query(sql);
    await client.query('insert into migrations (name, checksum) values ($1, $2)', [name, checksum]);
  }
  await client.end();
}

describe('F19: many start at once', () => {
  it(
    '20 processes prepare an empty database: one does it, all are ready within 30 s',
    { timeout: 100_000 },
    async () => {
      const url = await emptyDatabase();
      const applied = await prepareAtOnce(url, 20);
      const all = (await readMigrations()).map((migration) => migration.name);
      expect(applied.toSorted((a, b) => b - a)).toEqual([all.length, ...Array.from({ length: 19 }, () => 0)]);
      expect(await landed(url)).toEqual(all.toSorted());
    },
  );

  it('a database of the version before: one adds what is new', { timeout: 100_000 }, async () => {
    const url = await emptyDatabase();
    await migrateAllButLast(url);
    const applied = await prepareAtOnce(url, isLong ? 20 : 4);
    expect(applied.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(await landed(url)).toHaveLength((await readMigrations()).length);
  });

  it(
    '4 whole replicas on an empty database: all ready within 30 s, and each takes alerts',
    { timeout: 90_000 },
    async () => {
      const owner = new URL(await emptyDatabase());
      const inEmpty = (url: string): string => {
        const address = new URL(url);
        address.pathname = owner.pathname;
        return address.href;
      };
      const started = performance.now();
      const world = await startWorld({ replicas: 4, databaseThrough: inEmpty });
      try {
        expect(performance.now() - started).toBeLessThan(READY_WITHIN);
        for (const [index, replica] of world.replicas.entries()) {
          expect((await fetch(`${replica.adminUrl}/readyz`)).status).toBe(200);
          const body = {
            alerts: [{ name: `Start${index}`, status: 'firing', labels: { job: `job-${index}` } }],
          };
          const answer = await world.alert(body, { replica: index, source: 'generic' });
          expect({ index, status: answer.status, text: await answer.text() }).toMatchObject({ status: 202 });
        }
        await world.sandbox.until(
          'a channel for each',
          async () =>
            (await world.sandbox.channels()).filter(({ name }) => name.startsWith('inc-')).length === 4,
        );
      } finally {
        await world.stop();
      }
    },
  );
});
