import pg from 'pg';
import type { Logger } from '../logger.ts';
import { CodedError } from '../errors.ts';
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
/**
 * Milliseconds after which a connection that brings no answer is given up: the server would have cancelled the query by
 * then, so the connection leads nowhere any more (a firewall forgot it). The job queue's connections have the same.
 */
export const QUERY_TIMEOUT = STATEMENT_TIMEOUT + 1_000;
/** Milliseconds to wait for a connection before the caller is told that the database is unavailable. */
const CONNECT_TIMEOUT = 3_000;

export function createDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max ?? 10,
    application_name: 'tocsin',
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: QUERY_TIMEOUT,
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
  const query: Queryable['query'] = async (text, values) => {
    try {
      return await run(client, text, values);
    } catch (error) {
      broken ??= silenceOf(error);
      throw error;
    }
  };
  try {
    await query('BEGIN');
    const value = await work({ query });
    await query('COMMIT');
    return value;
  } catch (error) {
    broken ??= await rollBack(client);
    throw error;
  } finally {
    client.release(broken);
    client.off('error', hear);
  }
}

/** @returns why it failed: such a connection is thrown away instead of going back to the pool */
async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The failure of a connection on which nothing comes back any more: asking it to roll back waits as long once more. */
function silenceOf(error: unknown): Error | undefined {
  if (!(error instanceof CodedError) || error.code !== 'unavailable') return undefined;
  return error.cause instanceof pg.DatabaseError ? undefined : error;
}
