import pg from 'pg';
import type { Logger } from '../logger.ts';
import { toDatabaseError } from './database-error.ts';

export type Row = Record<string, unknown>;

export interface QueryAnswer<R extends Row> {
  readonly rows: R[];
  readonly rowCount: number;
}

/** Where a query runs: the pool or a transaction. Store functions take it first. */
export interface Queryable {
  query<R extends Row = Row>(text: string, values?: readonly unknown[]): Promise<QueryAnswer<R>>;
}

export interface Database extends Queryable {
  /** Runs `work` in one transaction (READ COMMITTED); any throw rolls back. Never call outside services in it. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly log: Logger;
  /** Connections at most; default 10 (a bound per replica that operations can plan with). */
  readonly max?: number;
  /** Role taken on by each connection; the application's role has no DDL and may not change the log. */
  readonly role?: string;
}

export const APPLICATION_ROLE = 'tocsin_app';

/** Milliseconds: a query that takes longer is cancelled by the server, so that a stuck lock never freezes a click. */
const STATEMENT_TIMEOUT = 10_000;
/** Milliseconds to wait for a connection before the caller is told that the database is unavailable. */
const CONNECT_TIMEOUT = 3_000;

export function createDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max ?? 10,
    application_name: 'tocsin',
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: STATEMENT_TIMEOUT + 2_000,
    keepAlive: true,
    options: connectionOptions(options.role ?? APPLICATION_ROLE),
  });
  pool.on('error', (error) => options.log.warn({ err: error }, 'an idle database connection broke'));
  return {
    query: (text, values) => run(pool, text, values),
    transaction: (work) => runTransaction(pool, work),
    close: () => pool.end(),
  };
}

/** Startup options of a connection: search path, role, limits. Shared with the job queue's own pool. */
export function connectionOptions(role: string): string {
  return [
    '-c search_path=app',
    `-c role=${role}`,
    `-c statement_timeout=${STATEMENT_TIMEOUT}`,
    '-c idle_in_transaction_session_timeout=15000',
    '-c TimeZone=UTC',
  ].join(' ');
}

async function run<R extends Row>(
  client: pg.Pool | pg.PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<QueryAnswer<R>> {
  try {
    const answer = await client.query<R>(text, [...values]);
    return { rows: answer.rows, rowCount: answer.rowCount ?? 0 };
  } catch (error) {
    throw toDatabaseError(error);
  }
}

async function runTransaction<T>(pool: pg.Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toDatabaseError(error);
  });
  let broken: Error | undefined;
  // A connection that breaks between two statements says so in an event; unheard, it would end the process.
  const hear = (error: Error): void => {
    broken = error;
  };
  client.on('error', hear);
  try {
    await run(client, 'BEGIN');
    const value = await work({ query: (text, values) => run(client, text, values) });
    await run(client, 'COMMIT');
    return value;
  } catch (error) {
    await client.query('ROLLBACK').catch((rollbackError: unknown) => {
      // A connection that cannot roll back is thrown away instead of going back to the pool.
      broken = rollbackError instanceof Error ? rollbackError : new Error(String(rollbackError));
    });
    throw error;
  } finally {
    client.release(broken);
    client.off('error', hear);
  }
}
