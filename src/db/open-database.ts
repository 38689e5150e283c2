import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Logger } from '../logger.ts';
import type { Secret } from '../lib/secret.ts';
import { startPostgres } from './supervisor/start-postgres.ts';

export interface DatabaseAddress {
  /** The application's login. */
  readonly url: string;
  /** A login that may change the schema. */
  readonly ownerUrl: string;
  /** Stops a PostgreSQL of our own; nothing to do for somebody else's. */
  stop(): Promise<void>;
}

export interface OpenDatabaseOptions {
  readonly url: Secret | null;
  readonly migrationUrl: Secret | null;
  readonly dataDir: string;
  readonly log: Logger;
}

const DATABASE = 'tocsin';
const LOGIN = 'tocsin_login';

/** Says where the database is: the one that DATABASE_URL names, else a cluster of our own in the data folder. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<DatabaseAddress> {
  if (options.url !== null) {
    const url = options.url.reveal();
    return { url, ownerUrl: options.migrationUrl?.reveal() ?? url, stop: async () => undefined };
  }
  const server = await startPostgres({ dataDir: options.dataDir, log: options.log });
  const password = await readOrMakePassword(join(options.dataDir, 'postgres', 'application-password'));
  await ensureDatabase(server.adminUrl, password);
  const ownerUrl = new URL(server.adminUrl);
  ownerUrl.pathname = `/${DATABASE}`;
  const url = new URL(ownerUrl);
  url.username = LOGIN;
  url.password = password;
  return { url: url.href, ownerUrl: ownerUrl.href, stop: () => server.stop() };
}

async function readOrMakePassword(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    const password = randomBytes(24).toString('base64url');
    // wx: of two processes that start at once, one writes and the other reads what was written.
    await writeFile(file, password, { mode: 0o600, flag: 'wx' }).catch(() => undefined);
    return (await readFile(file, 'utf8')).trim();
  }
}

/** The database and a login of its own for the application, which has only what the role tocsin_app has. */
async function ensureDatabase(adminUrl: string, password: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  // A connection that breaks fails the statement under way; the event besides, unheard, would end the process.
  admin.on('error', () => undefined);
  await admin.connect();
  try {
    await admin.query('select pg_advisory_lock(7206010)');
    const database = await admin.query('select from pg_database where datname = $1', [DATABASE]);
    if (database.rowCount === 0) await admin.query(`create database ${DATABASE}`);
    for (const role of ['tocsin_app', LOGIN]) {
      const known = await admin.query('select from pg_roles where rolname = $1', [role]);
      if (known.rowCount === 0)
        await admin.query(`create role ${role} ${role === LOGIN ? 'login' : 'nologin'}`);
    }
    await admin.query(`grant tocsin_app to ${LOGIN}`);
    await admin.query(`alter role ${LOGIN} password ${pg.escapeLiteral(password)}`);
  } finally {
    await admin.end();
  }
}
