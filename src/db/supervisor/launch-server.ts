import { once } from 'node:events';
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Account } from './account.ts';
import { spawnAs } from './account.ts';
import { supervisorError } from './supervisor-error.ts';

export type Launch = {
  folder: string;
  data: string;
  account: Account;
  env: NodeJS.ProcessEnv;
  port: number;
  settings: Record<string, string>;
};

/**
 * `ended` settles when it exits; `said()` is what it wrote to its log since it was launched. `lives()` is told by the child
 * itself: while it is becoming PostgreSQL, its command line is empty for a moment.
 */
export type Launched = {
  pid: number;
  ended: Promise<unknown>;
  lives: () => boolean;
  said: () => string;
};

const LOG_LIMIT = 10 * 1024 * 1024;

/**
 * Launches the server detached, with its output in `<folder>/server.log`: Ctrl-C in the terminal does not reach it before
 * we have drained, and it goes on when we are killed.
 */
export function launchServer(launch: Launch): Launched {
  const path = join(launch.folder, 'server.log');
  const log = openSync(path, 'a', 0o600);
  if (fstatSync(log).size > LOG_LIMIT) ftruncateSync(log);
  const from = fstatSync(log).size;
  const child = spawnAs(launch.account, 'postgres', ['-D', launch.data, ...settingArgs(launch)], {
    cwd: launch.account.home,
    env: launch.env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = once(child, 'exit');
  ended.catch(() => undefined); // a failed spawn has no pid, and that is thrown below
  child.unref();
  if (child.pid === undefined)
    throw supervisorError(`PostgreSQL could not be run from ${launch.account.binaries.bin}.`);
  return {
    pid: child.pid,
    ended,
    lives: () => child.exitCode === null && child.signalCode === null,
    said: () => readFileSync(path).subarray(from).toString('utf8'),
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw supervisorError('No free port on 127.0.0.1.');
  return address.port;
}

function settingArgs(launch: Launch): string[] {
  const settings = {
    port: String(launch.port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...launch.settings,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
