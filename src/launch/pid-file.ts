import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { processStamp } from '../lib/process-stamp.ts';

/** Notes down a process, with its start time: a number alone may belong to a stranger tomorrow. */
export function writePidFile(path: string, pid: number): void {
  writeFileSync(path, `${pid} ${processStamp(pid) ?? ''}\n`, { mode: 0o600 });
}

/** The process of this file, if that very process still lives. */
export function livingProcess(path: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch {
    return undefined; // never written, or removed by a clean stop
  }
  const [pid = '', ...stamp] = text.split(' ');
  return stamp.length > 0 && processStamp(Number(pid)) === stamp.join(' ') ? Number(pid) : undefined;
}

export function removePidFile(path: string): void {
  rmSync(path, { force: true });
}

/** Asks a process to stop, waits at most `limitMs`, then kills it. Resolves when it is gone; says whether it was killed. */
export async function stopProcess(pid: number, limitMs: number): Promise<'stopped' | 'killed'> {
  const stamp = processStamp(pid);
  const lives = (): boolean => stamp !== undefined && processStamp(pid) === stamp;
  if (lives()) process.kill(pid, 'SIGTERM');
  const until = Date.now() + limitMs;
  while (lives() && Date.now() < until) await delay(25);
  if (!lives()) return 'stopped';
  process.kill(pid, 'SIGKILL');
  while (lives()) await delay(10);
  return 'killed';
}
