import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import type { TestServer } from './test-server.ts';

export const OWNER = 'tocsin_owner';
export const LOGIN = 'tocsin_login';

/**
 * `url` logs in with the application's rights only (no DDL, no rewriting of the log, also after RESET ROLE); `ownerUrl`
 * owns the schema, migrates, and may move app.now().
 */
export type TestDatabase = { url: string; ownerUrl: string; drop(): Promise<void> };

/**
 * A migrated database of its own, cloned from the run's template (about 60 ms). Drop it in afterAll.
 * @param server given outside vitest, where no run provides one
 */
export async function createTestDatabase(
  server: Pick<TestServer, 'adminUrl' | 'template' | 'password'> = inject('testServer'),
): Promise<TestDatabase> {
  const { adminUrl, template, password } = server;
  const database = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(adminUrl, `create database ${database} template ${template} owner ${OWNER}`);
  return {
    url: urlAs(adminUrl, { user: LOGIN, password, database }),
    ownerUrl: urlAs(adminUrl, { user: OWNER, password, database }),
    drop: () => asAdmin(adminUrl, `drop database if exists ${database} with (force)`),
  };
}

/** The address of another database or user on the same server. */
export function urlAs(url: string, as: { user: string; password: string; database: string }): string {
  const other = new URL(url);
  other.username = as.user;
  other.password = as.password;
  other.pathname = `/${as.database}`;
  return other.href;
}

async function asAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
