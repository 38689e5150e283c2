import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * What tells a living process from a later one that got the same number: its start time, as the system words it.
 * `undefined` when no such process lives; a zombie (dead, not yet collected by its parent) does not live.
 */
export function processStamp(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStamp(pid);
  return fromPs(pid, 'lstart');
}

/** The command line of a living process, arguments separated by spaces; empty when it cannot be read. */
export function processCommand(pid: number): string {
  if (process.platform !== 'linux') return fromPs(pid, 'command') ?? '';
  return (readProc(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
}

/** Has the process that started this one gone? The system then makes process 1 its parent. */
export function isOrphan(pid: number): boolean {
  const parent = process.platform === 'linux' ? statFields(pid)?.[1] : fromPs(pid, 'ppid');
  return parent === '1';
}

function linuxStamp(pid: number): string | undefined {
  const fields = statFields(pid);
  return fields?.[0] === 'Z' || fields?.[0] === 'X' ? undefined : fields?.[19];
}

/** State, parent, … of /proc/<pid>/stat. */
function statFields(pid: number): string[] | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  // The name stands in parentheses and may hold spaces and parentheses itself: count from the last one.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // the process is gone
  }
}

function fromPs(pid: number, column: string): string | undefined {
  try {
    const text = execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' });
    return text.trim() || undefined;
  } catch {
    return undefined; // ps answers 1 for a process that is gone
  }
}
