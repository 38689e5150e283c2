import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import type { Binaries } from './find-binaries.ts';
import { supervisorError } from './supervisor-error.ts';

const run = promisify(execFile);
const NOBODY = 65534;
const NAMESPACE = ['-U', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];

/**
 * As whom PostgreSQL runs, which refuses root. `home` holds the cluster, `owner` is the user its files must belong to
 * (undefined: whoever starts it).
 */
export type Account = {
  kind: 'self' | 'namespace' | 'nobody';
  home: string;
  owner: number | undefined;
  binaries: Binaries;
};

/** What the choice depends on; tests switch user namespaces off. */
export type AccountWishes = { folder: string; binaries: Binaries; namespaces: boolean };

/**
 * Not root: ourselves. Root: a user namespace of our own, in which the server has root's rights to files and yet is not
 * root to PostgreSQL (a clone in a folder that only root may enter works). Where the kernel refuses namespaces: the user
 * "nobody", in `folder` when it may enter it, else in a folder below /var/lib.
 */
export async function chooseAccount(wishes: AccountWishes): Promise<Account> {
  const { folder, binaries } = wishes;
  const home = clusterHome(folder);
  if (process.getuid?.() !== 0) return { kind: 'self', home, owner: process.getuid?.(), binaries };
  if (wishes.namespaces && (await namespaceWorks(folder, binaries.bin))) {
    return { kind: 'namespace', home, owner: 0, binaries };
  }
  return nobodyAccount(home, binaries);
}

/** Where the cluster of this folder is: in it, unless a note says that it had to go elsewhere. */
export function clusterHome(folder: string): string {
  const note = join(folder, 'location');
  return existsSync(note) ? readFileSync(note, 'utf8').trim() : folder;
}

/** Starts one of the PostgreSQL programs as that account. */
export function spawnAs(
  account: Account,
  program: string,
  args: string[],
  options: SpawnOptions,
): ChildProcess {
  const file = join(account.binaries.bin, program);
  if (account.kind === 'namespace') return spawn('unshare', [...NAMESPACE, file, ...args], options);
  if (account.kind === 'nobody') return spawn(file, args, { ...options, uid: NOBODY, gid: NOBODY });
  return spawn(file, args, options);
}

async function namespaceWorks(folder: string, bin: string): Promise<boolean> {
  const probe = join(folder, '.probe');
  const script = 'test "$(id -u)" = 65534 && : > "$1" && rm "$1" && test -x "$2/postgres"';
  try {
    await run('unshare', [...NAMESPACE, 'sh', '-c', script, 'sh', probe, bin], { timeout: 10_000 });
    return true;
  } catch {
    return false; // no unshare, or the kernel or the container's profile refuses it
  }
}

async function nobodyAccount(home: string, binaries: Binaries): Promise<Account> {
  chmodSync(home, 0o711);
  const place = (await nobodyEnters(home)) ? home : moveHome(home);
  const bin = (await nobodyEnters(binaries.bin)) ? binaries.bin : copyPrograms(binaries, place);
  return { kind: 'nobody', home: place, owner: NOBODY, binaries: { ...binaries, bin } };
}

async function nobodyEnters(folder: string): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], {
      uid: NOBODY,
      gid: NOBODY,
      cwd: '/',
      timeout: 10_000,
    });
    return true;
  } catch {
    return false;
  }
}

function moveHome(folder: string): string {
  if (existsSync(join(folder, 'data'))) {
    throw supervisorError(
      `PostgreSQL refuses to run as root, this kernel refuses user namespaces, and the user "nobody" may not enter ${folder}. ` +
        'Allow it (chmod o+x on that folder and those above it), start as another user, or set DATABASE_URL.',
    );
  }
  const place = `/var/lib/tocsin-${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 12)}`;
  mkdirSync(place, { recursive: true, mode: 0o711 });
  writeFileSync(join(folder, 'location'), `${place}\n`);
  return place;
}

function copyPrograms(binaries: Binaries, place: string): string {
  const native = join(place, `programs-${binaries.major}`);
  if (!existsSync(native))
    cpSync(resolve(binaries.bin, '..'), native, { recursive: true, verbatimSymlinks: true });
  return join(native, 'bin');
}
