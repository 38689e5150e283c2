import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { usualPlaces } from '../../src/db/supervisor/find-binaries.ts';
import { findPostmaster, stopPostmaster } from '../../src/db/supervisor/postmaster.ts';
import { startPostgres } from '../../src/db/supervisor/start-postgres.ts';
import type { StartOptions } from '../../src/db/supervisor/start-postgres.ts';

const quiet = { info: () => undefined, warn: () => undefined };
const asRoot = process.getuid?.() === 0;
const supervisor = new URL('../../src/db/supervisor/start-postgres.ts', import.meta.url).href;
const nowhere = { machine: () => Promise.resolve([]), bundled: () => undefined };
const bundledOnly = { ...usualPlaces, machine: () => Promise.resolve([]) };

let parent: string;
let dataDir: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'tocsin-supervisor-')); // mode 0700: only its owner may enter
  dataDir = join(parent, 'state');
});

afterEach(async () => {
  for (const home of [join(dataDir, 'postgres'), elsewhere()]) {
    const data = join(home, 'data');
    const left = existsSync(data) ? findPostmaster(data) : undefined;
    if (left) await stopPostmaster(data, left.pid);
    if (home.startsWith('/var/lib/tocsin-')) rmSync(home, { recursive: true, force: true });
  }
  rmSync(parent, { recursive: true, force: true });
});

const start = (more: Partial<StartOptions> = {}) =>
  startPostgres({ dataDir, log: quiet, settings: { fsync: 'off' }, ...more });

describe('first start', () => {
  test('makes a UTF-8 cluster that keeps its rows over a restart', async () => {
    const first = await start();
    await run(first.adminUrl, "create table kept as select 'ö'::text as word");
    expect(await run(first.adminUrl, 'show server_encoding')).toBe('UTF8');
    await first.stop();
    expect(findPostmaster(dataFolder())).toBeUndefined();
    const second = await start();
    expect(await run(second.adminUrl, 'select word from kept')).toBe('ö');
    await second.stop();
  });

  test('is closed to other users of the machine: password in a 0600 file, loopback only, fsync on', async () => {
    const server = await startPostgres({ dataDir, log: quiet });
    expect(statSync(join(dataDir, 'postgres', 'password')).mode & 0o777).toBe(0o600);
    const wrong = new URL(server.adminUrl);
    wrong.password = 'guess';
    await expect(run(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/);
    expect(await run(server.adminUrl, 'show listen_addresses')).toBe('127.0.0.1');
    expect(await run(server.adminUrl, 'show unix_socket_directories')).toBe('');
    expect(await run(server.adminUrl, 'show fsync')).toBe('on');
    await server.stop();
  });

  test('works with the programs of the npm package, their library links missing', async () => {
    const bin = bundledOnly.bundled();
    if (bin === undefined) throw new Error('the npm package with PostgreSQL is not installed');
    const copy = join(parent, 'package');
    cpSync(join(bin, '..', '..'), copy, { recursive: true, verbatimSymlinks: true });
    const library = join(copy, 'native', 'lib');
    for (const name of readdirSync(library)) {
      if (lstatSync(join(library, name)).isSymbolicLink()) rmSync(join(library, name));
    }
    const places = { ...bundledOnly, bundled: () => join(copy, 'native', 'bin') };
    const server = await start({ places });
    expect(await run(server.adminUrl, 'show server_version')).toMatch(/^18/);
    await server.stop();
  });
});

describe('after a crash', () => {
  test('the starter killed with -9 leaves the server running, and the next start goes on with it', async () => {
    const orphan = await startAndKill();
    expect(findPostmaster(dataFolder())?.pid).toBe(orphan.pid);
    const server = await start();
    expect(findPostmaster(dataFolder())?.pid).toBe(orphan.pid);
    expect(server.adminUrl).toBe(orphan.url);
    await server.stop();
    expect(findPostmaster(dataFolder())).toBeUndefined();
  });

  test('starter and server killed with -9: the next start recovers every committed row', async () => {
    const orphan = await startAndKill();
    await run(orphan.url, 'create table kept as select 7 as n');
    process.kill(orphan.pid, 'SIGKILL');
    const server = await start();
    expect(await run(server.adminUrl, 'select n from kept')).toBe(7);
    await server.stop();
  });

  test('a pid file whose number now belongs to another process does not stop the start', async () => {
    await (await start()).stop();
    writeFileSync(join(dataFolder(), 'postmaster.pid'), `${process.ppid}\n${dataFolder()}\n1\n5432\n\n\n`);
    const server = await start();
    expect(await run(server.adminUrl, 'select 1')).toBe(1);
    await server.stop();
  });

  test('half a cluster of a killed initdb is removed', async () => {
    const half = join(dataDir, 'postgres', 'unfinished-x', 'data');
    mkdirSync(half, { recursive: true });
    writeFileSync(join(half, 'PG_VERSION'), '15\n');
    await (await start()).stop();
    expect(existsSync(half)).toBe(false);
  });

  test('a server that dies is started again on the same port', async () => {
    const server = await start();
    const first = findPostmaster(dataFolder());
    if (!first) throw new Error('no server');
    process.kill(first.pid, 'SIGKILL');
    await expect.poll(() => run(server.adminUrl, 'select 1').catch(String), { timeout: 15_000 }).toBe(1);
    expect(findPostmaster(dataFolder())?.pid).not.toBe(first.pid);
    await server.stop();
  });
});

describe('two at once', () => {
  test('share one server, and the last to leave stops it', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.adminUrl).toBe(two.adminUrl);
    await one.stop();
    expect(await run(two.adminUrl, 'select 1')).toBe(1);
    await two.stop();
    expect(findPostmaster(dataFolder())).toBeUndefined();
  });

  test('the lock of a killed process is taken over', async () => {
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(
      join(dataDir, 'postgres', 'lock'),
      JSON.stringify({ pid: process.pid, stamp: 'earlier', id: 'x' }),
    );
    const server = await start();
    expect(await run(server.adminUrl, 'select 1')).toBe(1);
    await server.stop();
  });
});

describe.runIf(asRoot)('started as root', () => {
  test('runs unprivileged inside a folder that only root may enter', async () => {
    const server = await start();
    const pid = findPostmaster(dataFolder())?.pid;
    expect(readFileSync(`/proc/${pid}/uid_map`, 'utf8').trim().split(/\s+/)[0]).toBe('65534');
    await server.stop();
  });

  test('without user namespaces it runs as nobody, elsewhere when nobody may not enter', async () => {
    const server = await start({ namespaces: false });
    const pid = findPostmaster(join(elsewhere(), 'data'))?.pid;
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\s+65534/m);
    await server.stop();
  });

  test('the same cluster goes on when namespaces come or go', async () => {
    chmodSync(parent, 0o711);
    mkdirSync(dataDir, { mode: 0o711 });
    const first = await start();
    await run(first.adminUrl, 'create table kept as select 7 as n');
    await first.stop();
    for (const namespaces of [false, true]) {
      const next = await start({ namespaces });
      expect(await run(next.adminUrl, 'select n from kept')).toBe(7);
      await next.stop();
    }
  });

  test('the npm package inside a closed folder is copied to where nobody can run it', async () => {
    const copy = join(parent, 'package');
    cpSync(join(bundledOnly.bundled() ?? '', '..', '..'), copy, { recursive: true, verbatimSymlinks: true });
    const places = { ...bundledOnly, bundled: () => join(copy, 'native', 'bin') };
    const server = await start({ namespaces: false, places });
    expect(await run(server.adminUrl, 'show server_version')).toMatch(/^18/);
    await server.stop();
  });
});

describe('what is missing is said', () => {
  test('no PostgreSQL at all', async () => {
    await expect(start({ places: nowhere })).rejects.toThrow(/apt-get install postgresql-15/);
  });

  test('only one that is too old', async () => {
    const bin = join(parent, 'old');
    mkdirSync(bin);
    for (const name of ['postgres', 'initdb']) {
      writeFileSync(join(bin, name), '#!/bin/sh\necho "postgres (PostgreSQL) 14.9"\n', { mode: 0o755 });
    }
    const places = { ...nowhere, machine: () => Promise.resolve([bin]) };
    await expect(start({ places })).rejects.toThrow(/found: 14/);
  });

  test('the version that wrote the data is gone', async () => {
    mkdirSync(dataFolder(), { recursive: true });
    writeFileSync(join(dataFolder(), 'PG_VERSION'), '16\n');
    await expect(start({ places: nowhere })).rejects.toThrow(/apt-get install postgresql-16/);
  });

  test('a server that cannot start says why', async () => {
    await (await start()).stop();
    await expect(start({ settings: { shared_buffers: 'plenty' } })).rejects.toThrow(/shared_buffers/);
  });
});

function dataFolder(): string {
  return join(dataDir, 'postgres', 'data');
}

function elsewhere(): string {
  const note = join(dataDir, 'postgres', 'location');
  return existsSync(note) ? readFileSync(note, 'utf8').trim() : join(parent, 'none');
}

async function run(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(sql);
    return Object.values(result.rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

/** Starts the server from a process of its own and kills that process the hard way. */
async function startAndKill(): Promise<{ pid: number; url: string }> {
  const code = `
    const { startPostgres } = await import(${JSON.stringify(supervisor)});
    const log = { info() {}, warn() {} };
    const server = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, log });
    console.log(server.adminUrl);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line]: unknown[] = await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
  const found = findPostmaster(dataFolder());
  if (!found) throw new Error('the server did not outlive its starter');
  return { pid: found.pid, url: String(line).trim() };
}
