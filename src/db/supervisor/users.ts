import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holderLives } from './folder-lock.ts';
import { processStamp } from '../../lib/process-stamp.ts';

/**
 * Notes down that this process uses the cluster. `leave()` takes the note back and answers whether nobody else who still
 * lives uses it, so that the last to go stops the server. To be called under the folder's lock, both times.
 */
export function registerUser(folder: string): { leave(): boolean } {
  const users = join(folder, 'users');
  mkdirSync(users, { recursive: true, mode: 0o700 });
  const note = join(users, randomUUID());
  writeFileSync(note, `${process.pid} ${processStamp(process.pid) ?? ''}`, { mode: 0o600 });
  return {
    leave() {
      rmSync(note, { force: true });
      return livingUsers(users) === 0;
    },
  };
}

function livingUsers(users: string): number {
  let living = 0;
  for (const name of readdirSync(users)) {
    const path = join(users, name);
    const [pid = '', ...stamp] = readFileSync(path, 'utf8').split(' ');
    if (holderLives({ pid: Number(pid), stamp: stamp.join(' ') })) living += 1;
    else rmSync(path, { force: true });
  }
  return living;
}
