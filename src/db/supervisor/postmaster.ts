import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { supervisorError } from './supervisor-error.ts';
import { processCommand, processStamp } from '../../lib/process-stamp.ts';

/** A living server of one data folder, as its postmaster.pid tells. */
export type Postmaster = { pid: number; port: number | undefined; ready: boolean };

/** Address and password of the administrator. */
export function adminUrl(port: number, password: string): string {
  return `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
}

/**
 * The living server of this data folder. A pid file whose process is gone is PostgreSQL's own to clean up; one whose number
 * now belongs to another process (after a reboot, or in a new container) would make it refuse, so that one is removed.
 */
export function findPostmaster(data: string): Postmaster | undefined {
  const path = join(data, 'postmaster.pid');
  const lines = readLines(path);
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  if (isPostmaster(pid, data)) {
    return { pid, port: Number(lines[3]) || undefined, ready: lines[7]?.trim() === 'ready' };
  }
  if (numberInUse(pid) && isKnownStranger(pid)) rmSync(path, { force: true });
  return undefined;
}

/** Does it take a connection? `starting` covers recovery after a crash and a shutdown under way. */
export async function probe(url: string): Promise<'answers' | 'starting' | 'silent'> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000, query_timeout: 2000 });
  client.on('error', () => undefined); // the answer of connect() and query() says it already
  try {
    await client.connect();
    await client.query('select 1');
    return 'answers';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === '57P03') return 'starting';
    if (code === '28P01') {
      throw supervisorError(
        'The running database does not accept the password kept in the file "password" beside it.',
        error,
      );
    }
    return 'silent';
  } finally {
    await client.end().catch(() => undefined); // never connected
  }
}

/**
 * Stops the server: fast shutdown (connections are cut, everything is written), after 30 s immediate shutdown (the next
 * start recovers from the log), after 10 more an end by force.
 */
export async function stopPostmaster(data: string, pid: number): Promise<void> {
  const steps = [
    { signal: 'SIGINT', waitMs: 30_000 },
    { signal: 'SIGQUIT', waitMs: 10_000 },
    { signal: 'SIGKILL', waitMs: 5000 },
  ] as const;
  for (const { signal, waitMs } of steps) {
    if (!isPostmaster(pid, data)) return;
    process.kill(pid, signal);
    const until = Date.now() + waitMs;
    while (isPostmaster(pid, data) && Date.now() < until) await delay(20);
  }
}

/** Is this process a living PostgreSQL of this data folder (and not a later process with the same number)? */
export function isPostmaster(pid: number, data: string): boolean {
  if (processStamp(pid) === undefined) return false;
  const command = processCommand(pid);
  return command.includes('postgres') && command.includes(`-D ${data} `);
}

/** A zombie, or a process whose command line can be read (it was not PostgreSQL's). What cannot be read is left alone. */
function isKnownStranger(pid: number): boolean {
  return processStamp(pid) === undefined || processCommand(pid) !== '';
}

function numberInUse(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
