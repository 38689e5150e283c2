import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { supervisorError } from './supervisor-error.ts';
import { processStamp } from '../../lib/process-stamp.ts';

type Holder = { pid: number; stamp: string; id: string };

/**
 * Runs `work` while no other process runs its own under the same lock file. A holder that was killed is recognised by
 * its process number and start time, and its lock is taken over.
 */
export async function withFolderLock<T>(folder: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const path = join(folder, 'lock');
  const mine: Holder = { pid: process.pid, stamp: processStamp(process.pid) ?? '', id: randomUUID() };
  const until = Date.now() + waitMs;
  while (!tryLock(path, mine)) {
    if (Date.now() > until) {
      throw supervisorError(
        `Another process (${read(path)?.pid ?? 'unknown'}) has been starting or stopping the database in ${folder} for ${waitMs / 1000} seconds. Stop it, then start again.`,
      );
    }
    await delay(30);
  }
  try {
    return await work();
  } finally {
    if (read(path)?.id === mine.id) rmSync(path, { force: true });
  }
}

/** Does this holder of a lock or registration still live? */
export function holderLives(holder: { pid: number; stamp: string }): boolean {
  return processStamp(holder.pid) === holder.stamp;
}

function tryLock(path: string, mine: Holder): boolean {
  const draft = `${path}.${mine.id}`;
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    // link() appears at once with its content and refuses an existing name: nobody ever reads half a lock.
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const holder = read(path);
    if (holder && !holderLives(holder)) removeDead(path, holder);
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Two processes may see the same dead holder: only the lock that was judged is removed, a fresh one is put back. */
function removeDead(path: string, dead: Holder): void {
  const aside = `${path}.dead.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // somebody else was faster
  }
  try {
    if (read(aside)?.id !== dead.id) linkSync(aside, path);
  } finally {
    rmSync(aside, { force: true });
  }
}

function read(path: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined; // released in the meantime
  }
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null && 'pid' in value && 'stamp' in value && 'id' in value;
}
