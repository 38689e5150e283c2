import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from './account.ts';
import { chooseAccount, clusterHome } from './account.ts';
import { adminPassword, adoptFiles, createCluster, writtenVersion } from './create-cluster.ts';
import type { BinaryPlaces } from './find-binaries.ts';
import { findBinaries } from './find-binaries.ts';
import { freePort, launchServer } from './launch-server.ts';
import { libraryEnvironment } from './library-links.ts';
import { adminUrl, findPostmaster, isPostmaster, probe, stopPostmaster } from './postmaster.ts';
import { supervisorError } from './supervisor-error.ts';

/** The part of a logger that is used here. */
export type SupervisorLog = {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
};

/** `settings` are PostgreSQL's own; `places` and `namespaces` say what the surroundings offer. */
export type ServerWishes = {
  log: SupervisorLog;
  settings: Record<string, string>;
  places: BinaryPlaces;
  namespaces: boolean;
};

export type Server = { data: string; pid: number; port: number; url: string };

const READY_WAIT_MS = 120_000;
const ORPHAN_WAIT_MS = 15_000;
const ATTEMPTS = 10;

/**
 * A server for this folder: the one that runs there when it answers, else a new one, with a cluster made for it when there
 * is none. To be called under the folder's lock. `port`: the one to listen on again, else a free one.
 */
export async function ensureServer(folder: string, wishes: ServerWishes, port?: number): Promise<Server> {
  const home = clusterHome(folder);
  const written = writtenVersion(home);
  const orphan = await adopt(folder, join(home, 'data'), wishes.log);
  if (orphan) return orphan;
  const binaries = await findBinaries(written, wishes.places);
  const account = await chooseAccount({ folder, binaries, namespaces: wishes.namespaces });
  const env = {
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C',
    ...libraryEnvironment(account.binaries, join(account.home, 'libraries')),
  };
  const password = adminPassword(folder, written !== undefined);
  if (written === undefined) {
    wishes.log.info(
      { folder: account.home, version: binaries.major },
      'making a PostgreSQL database of our own',
    );
    await createCluster(account, password, env);
  }
  adoptFiles(account);
  return start({ folder, account, env, password }, wishes, port);
}

/** The living server of a folder whose starter was killed. One that does not answer is stopped. */
async function adopt(folder: string, data: string, log: SupervisorLog): Promise<Server | undefined> {
  const found = findPostmaster(data);
  if (!found) return undefined;
  const url = await answers(
    data,
    () => isPostmaster(found.pid, data),
    adminPassword(folder, true),
    ORPHAN_WAIT_MS,
  );
  const now = findPostmaster(data);
  if (url !== undefined && now?.port !== undefined) {
    log.info(
      { postgresPid: now.pid, port: now.port },
      'going on with the PostgreSQL that runs already in this folder',
    );
    return { data, pid: now.pid, port: now.port, url };
  }
  log.warn({ postgresPid: found.pid }, 'the PostgreSQL that was left running does not answer: stopping it');
  await stopPostmaster(data, found.pid);
  return undefined;
}

/** Waits while it lives until it answers; a recovery or shutdown under way does not count against the wait. */
async function answers(
  data: string,
  lives: () => boolean,
  password: string,
  waitMs: number,
): Promise<string | undefined> {
  let until = Date.now() + waitMs;
  while (Date.now() < until && lives()) {
    const port = findPostmaster(data)?.port;
    if (port !== undefined) {
      const url = adminUrl(port, password);
      const answer = await probe(url);
      if (answer === 'answers') return url;
      if (answer === 'starting') until = Date.now() + waitMs;
    }
    await delay(25);
  }
  return undefined;
}

type Start = { folder: string; account: Account; env: NodeJS.ProcessEnv; password: string };

async function start(from: Start, wishes: ServerWishes, wanted: number | undefined): Promise<Server> {
  const data = join(from.account.home, 'data');
  let said = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = wanted ?? (await freePort());
    const launched = launchServer({ ...from, data, port, settings: wishes.settings });
    const url = await Promise.race([
      launched.ended.then(() => undefined),
      answers(data, launched.lives, from.password, READY_WAIT_MS),
    ]);
    if (url !== undefined) {
      wishes.log.info(
        { postgresPid: launched.pid, port, version: from.account.binaries.major },
        'PostgreSQL is ready',
      );
      return { data, pid: launched.pid, port, url };
    }
    await stopPostmaster(data, launched.pid);
    said = launched.said();
    // Somebody took the port, or the last server's children are still going: both pass.
    if (!/Address already in use|shared memory block|lock file/i.test(said)) break;
    await delay(500);
  }
  throw supervisorError(`PostgreSQL did not start in ${data}. It said:\n${said.trim()}`);
}
