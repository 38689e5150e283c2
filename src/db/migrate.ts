import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';

const FOLDER = join(import.meta.dirname, 'migrations');
const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;
/** Any number, the same in every replica: whoever holds this advisory lock migrates, the others wait. */
const LOCK = 7_206_011;

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/**
 * Brings the database at `ownerUrl` (a login that may create schemas and roles) to the newest version. Safe to call
 * from any number of replicas at once. A landed file whose text changed is refused: migrations are only added.
 * @returns the names that were applied now
 */
export async function migrate(ownerUrl: string): Promise<readonly string[]> {
  const migrations = await readMigrations();
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'tocsin-migrate' });
  // A connection that breaks fails the statement under way; the event besides, unheard, would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query('create schema if not exists app');
    await client.query(
      'create table if not exists app.migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())',
    );
    const landed = await client.query<{ name: string; checksum: string }>(
      'select name, checksum from app.migrations',
    );
    const known = new Map(landed.rows.map((row) => [row.name, row.checksum]));
    const applied: string[] = [];
    for (const migration of migrations) {
      if (await applyOne(client, migration, known.get(migration.name))) applied.push(migration.name);
    }
    return applied;
  } finally {
    await client.end();
  }
}

export async function readMigrations(): Promise<readonly Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => FILE_NAME.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(FOLDER, name), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function applyOne(
  client: pg.Client,
  migration: Migration,
  landed: string | undefined,
): Promise<boolean> {
  if (landed === migration.checksum) return false;
  if (landed !== undefined) {
    throw new Error(`migration ${migration.name} was changed after it landed; add a new file instead`);
  }
  try {
    await client.query('begin');
    await client.query('set local search_path to app');
    await client.query(migration.sql);
    await client.query('insert into app.migrations (name, checksum) values ($1, $2)', [
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${migration.name} failed`, { cause: error });
  }
  return true;
}
