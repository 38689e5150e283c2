import { randomBytes, randomUUID } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { spawnAs } from './account.ts';
import { supervisorError } from './supervisor-error.ts';

/** The major version that wrote the cluster in this folder, or undefined when there is none yet. */
export function writtenVersion(home: string): number | undefined {
  const path = join(home, 'data', 'PG_VERSION');
  return existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8'), 10) : undefined;
}

/**
 * The administrator's password: made once, readable by its owner only.
 * @throws when there is a cluster and its password file is gone.
 */
export function adminPassword(folder: string, clusterExists: boolean): string {
  const path = join(folder, 'password');
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  if (clusterExists) {
    throw supervisorError(
      `The database in ${folder} has lost its file "password". Restore it from a backup of that folder.`,
    );
  }
  const password = randomBytes(24).toString('base64url');
  writeFileSync(path, `${password}\n`, { mode: 0o600 });
  return password;
}

/**
 * Makes a cluster in `<home>/data`. It is made beside and then renamed, so that a process killed half-way leaves no half
 * of a cluster, only rubbish that the next start removes.
 */
export async function createCluster(
  account: Account,
  password: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  removeUnfinished(account.home);
  const draft = join(account.home, `unfinished-${randomUUID()}`);
  mkdirSync(draft, { mode: 0o700 });
  giveTo(draft, account.owner);
  const passwordFile = join(draft, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveTo(passwordFile, account.owner);
  const output = await initdb(account, ['-D', join(draft, 'data'), `--pwfile=${passwordFile}`], env);
  if (!existsSync(join(draft, 'data', 'PG_VERSION'))) {
    throw supervisorError(`PostgreSQL could not make a database in ${account.home}: ${output.trim()}`);
  }
  renameSync(join(draft, 'data'), join(account.home, 'data'));
  rmSync(draft, { recursive: true });
}

/** PostgreSQL insists on owning its files. They change hands when the program is started as another user than before. */
export function adoptFiles(account: Account): void {
  const data = join(account.home, 'data');
  const owner = lstatSync(data).uid;
  if (account.owner === undefined || owner === account.owner) return;
  if (process.getuid?.() !== 0) {
    throw supervisorError(
      `The database in ${data} belongs to user ${owner}. Start as that user, or run: chown -R $(id -u) ${account.home}`,
    );
  }
  giveTree(data, account.owner);
}

function initdb(account: Account, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  // From 17 on PostgreSQL has its own C.UTF-8; before, it takes the system's.
  const locale =
    account.binaries.major >= 17
      ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
      : ['--locale=C.UTF-8'];
  const all = [...args, '-U', 'postgres', '-A', 'scram-sha-256', '-E', 'UTF8', ...locale];
  return new Promise((resolve, reject) => {
    const child = spawnAs(account, 'initdb', all, {
      cwd: account.home,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    child.stderr?.on('data', (chunk: Buffer) => (output += String(chunk)));
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

function removeUnfinished(home: string): void {
  for (const name of readdirSync(home)) {
    if (name.startsWith('unfinished-')) rmSync(join(home, name), { recursive: true, force: true });
  }
}

function giveTree(path: string, owner: number): void {
  giveTo(path, owner);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveTree(join(path, name), owner);
}

function giveTo(path: string, owner: number | undefined): void {
  if (process.getuid?.() === 0 && owner !== undefined) chownSync(path, owner, owner);
}
