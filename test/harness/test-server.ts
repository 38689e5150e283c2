import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { migrate } from '../../src/db/migrate.ts';
import { findBinaries } from '../../src/db/supervisor/find-binaries.ts';
import { holderLives } from '../../src/db/supervisor/folder-lock.ts';
import { findPostmaster, stopPostmaster } from '../../src/db/supervisor/postmaster.ts';
import { processStamp } from '../../src/lib/process-stamp.ts';
import { startPostgres } from '../../src/db/supervisor/start-postgres.ts';
import { installQueue } from '../../src/queue/install-queue.ts';
import { OWNER, LOGIN, urlAs } from './database.ts';
import { installPackage } from './services.ts';

export type TestServer = { adminUrl: string; template: string; password: string; stop(): Promise<void> };

const PREFIX = 'tocsin-tests-';
const TEMPLATE = 'tocsin_template';
/** Nothing here has to survive a power cut. */
const FAST = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '300',
};

/**
 * Starts a PostgreSQL in a temporary folder and prepares the template that each test file's database is cloned from.
 * @param settings given by benchmarks, which measure commits that survive a power cut
 */
export async function startTestServer(
  settings: Readonly<Record<string, string>> = FAST,
): Promise<TestServer> {
  await removeLeftovers();
  await findBinaries(undefined).catch(installPostgres);
  const dataDir = mkdtempSync(join(tmpdir(), PREFIX));
  writeFileSync(join(dataDir, 'owner'), `${process.pid} ${processStamp(process.pid) ?? ''}`);
  const log = {
    info: () => undefined,
    warn: (fields: object, text: string) => process.stderr.write(`${text} ${JSON.stringify(fields)}\n`),
  };
  const server = await startPostgres({ dataDir, log, settings });
  const atExit = () => removeNow(dataDir);
  process.once('exit', atExit);
  const password = randomBytes(12).toString('hex');
  try {
    await prepareTemplate(server.adminUrl, password);
  } catch (error) {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
  return {
    adminUrl: server.adminUrl,
    template: TEMPLATE,
    password,
    async stop() {
      await server.stop();
      process.off('exit', atExit);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function installPostgres(missing: unknown): void {
  if (!installPackage('postgresql')) throw missing;
}

async function prepareTemplate(adminUrl: string, password: string): Promise<void> {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`create role ${OWNER} login createrole password '${password}'`);
    await admin.query(`create database ${TEMPLATE} owner ${OWNER}`);
    const ownerUrl = urlAs(adminUrl, { user: OWNER, password, database: TEMPLATE });
    await migrate(ownerUrl);
    await installQueue(ownerUrl);
    await admin.query(`create role ${LOGIN} login password '${password}' in role tocsin_app`);
    // A database is cloned only while nobody is connected to it.
    await admin.query(`alter database ${TEMPLATE} allow_connections false`);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      TEMPLATE,
    ]);
  } finally {
    await admin.end();
  }
}

/** What a run that was killed left behind. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name);
    const note = join(folder, 'owner');
    if (!existsSync(note)) continue;
    const [pid = '', ...stamp] = readFileSync(note, 'utf8').split(' ');
    if (holderLives({ pid: Number(pid), stamp: stamp.join(' ') })) continue;
    const data = join(folder, 'postgres', 'data');
    const server = findPostmaster(data);
    if (server) await stopPostmaster(data, server.pid);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The process ends without teardown (a second Ctrl-C): no waiting is possible any more. */
function removeNow(dataDir: string): void {
  const server = findPostmaster(join(dataDir, 'postgres', 'data'));
  if (server) process.kill(server.pid, 'SIGKILL');
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
