import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Server, ServerWishes, SupervisorLog } from './ensure-server.ts';
import { ensureServer } from './ensure-server.ts';
import type { BinaryPlaces } from './find-binaries.ts';
import { usualPlaces } from './find-binaries.ts';
import { withFolderLock } from './folder-lock.ts';
import { findPostmaster, isPostmaster, stopPostmaster } from './postmaster.ts';
import { registerUser } from './users.ts';

/**
 * `dataDir` is TOCSIN_DATA; everything of ours is in its folder `postgres`. `settings` go to PostgreSQL (tests switch fsync
 * off with them). `places` and `namespaces` are what the surroundings offer; tests take them away.
 */
export type StartOptions = {
  dataDir: string;
  log: SupervisorLog;
  settings?: Record<string, string>;
  places?: BinaryPlaces;
  namespaces?: boolean;
};

export type RunningPostgres = { adminUrl: string; stop(): Promise<void> };

const LOCK_WAIT_MS = 60_000;
const WATCH_MS = 1000;

/**
 * Starts our own PostgreSQL in `<dataDir>/postgres`, or goes on with the one that runs there already: a server outlives
 * the process that started it when that is killed. It listens on 127.0.0.1 only, on a free port, and asks for a password
 * that only the owner of the folder can read. If it dies it is started again on the same port. Several processes may use
 * one folder; the last to stop() stops the server, writing everything.
 * @throws an error that says what to install or to repair.
 */
export async function startPostgres(options: StartOptions): Promise<RunningPostgres> {
  mkdirSync(join(options.dataDir, 'postgres'), { recursive: true, mode: 0o700 });
  const folder = realpathSync(join(options.dataDir, 'postgres'));
  const { log, settings = {}, places = usualPlaces, namespaces = true } = options;
  const wishes = { log, settings, places, namespaces };
  const started = await withFolderLock(folder, LOCK_WAIT_MS, async () => {
    const server = await ensureServer(folder, wishes);
    return { server, user: registerUser(folder) };
  });
  const watch = keepRunning(folder, wishes, started.server);
  return {
    adminUrl: started.server.url,
    async stop() {
      await watch.end();
      await withFolderLock(folder, LOCK_WAIT_MS, async () => {
        const last = started.user.leave();
        const server = findPostmaster(started.server.data);
        if (last && server) await stopPostmaster(started.server.data, server.pid);
      });
    },
  };
}

/** Looks every second whether the server still lives, and starts it again on the same port when it does not. */
function keepRunning(folder: string, wishes: ServerWishes, first: Server): { end(): Promise<void> } {
  let server = first;
  let restart: Promise<void> | undefined;
  const timer = setInterval(() => {
    if (restart || isPostmaster(server.pid, server.data)) return;
    wishes.log.warn({ postgresPid: server.pid, port: server.port }, 'PostgreSQL has died: starting it again');
    restart = again().finally(() => (restart = undefined));
  }, WATCH_MS).unref();

  async function again(): Promise<void> {
    try {
      server = await withFolderLock(folder, LOCK_WAIT_MS, () => ensureServer(folder, wishes, first.port));
    } catch (error) {
      wishes.log.warn({ err: error }, 'PostgreSQL could not be started again; trying once more');
    }
  }

  return {
    async end() {
      clearInterval(timer);
      await restart;
    },
  };
}
