import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { createTestDatabase } from '../test/harness/database.ts';
import type { TestDatabase } from '../test/harness/database.ts';
import { freePorts } from '../test/harness/free-port.ts';
import { ROOT, startProgram } from '../test/harness/program.ts';
import type { Program } from '../test/harness/program.ts';
import { compareRounds, judge, median, short } from './figures.ts';
import type { Benchmark, BenchSettings, Figure } from './figures.ts';
import { installSize } from './install-size.ts';

const ROUNDS = 10;
const IDLE_SECONDS = { quick: 15, full: 60 } as const;
const POLL_MS = 5;
const BARS = { start: 0.8, memory: 1, dependencies: 12, queries: 1, connections: 10 } as const;

export const startAndIdle: Benchmark = {
  id: 'p12',
  title: 'Start and idle',
  compares:
    'From exec to /readyz 200 on a migrated database, and memory, queries and connections of one replica that has nothing to do. Against a hello app (bench/programs/bolt-hello.ts): Bolt, one command, a pg pool.',
  run: measure,
};

interface Bot {
  readonly start: () => Promise<{ readonly program: Program; readonly ms: number }>;
  readonly database: TestDatabase;
}

async function measure(settings: BenchSettings): Promise<readonly Figure[]> {
  const data = await mkdtemp(join(tmpdir(), 'tocsin-bench-start-'));
  const sandbox = startProgram('sandbox/main.ts', { SANDBOX_PORT: '0', SANDBOX_DATA: join(data, 'sandbox') });
  const sandboxUrl = (await sandbox.line(/sandbox ready/)).replace(/.*ready /, '').trim();
  const ours = await prepareTocsin(settings, sandboxUrl, data);
  const peer = await prepareHello(settings, sandboxUrl);
  try {
    return [...(await idle(ours, peer, settings)), await starts(ours, peer), dependencies(), size()];
  } finally {
    await sandbox.kill();
    await ours.database.drop();
    await peer.database.drop();
    await rm(data, { recursive: true, force: true });
  }
}

async function prepareTocsin({ server }: BenchSettings, sandboxUrl: string, data: string): Promise<Bot> {
  const database = await createTestDatabase(server);
  const start = async (): Promise<{ program: Program; ms: number }> => {
    const [port = 0, adminPort = 0] = await freePorts(2);
    return startTimed('src/main.ts', adminPort, {
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      HOST: '127.0.0.1',
      DATABASE_URL: database.url,
      DATABASE_MIGRATION_URL: database.ownerUrl,
      SLACK_BOT_TOKEN: 'xoxb-sandbox',
      SLACK_SIGNING_SECRET: 'sandbox-signing-secret',
      SLACK_API_URL: `${sandboxUrl}/slack/api/`,
      KUBECONFIG: join(data, 'sandbox', 'kubeconfig'),
      ALERT_TOKEN_ALERTMANAGER: 'sandbox',
      TOCSIN_DATA: join(data, 'tocsin'),
    });
  };
  return { start, database };
}

async function prepareHello({ server }: BenchSettings, sandboxUrl: string): Promise<Bot> {
  const database = await createTestDatabase(server);
  const start = async (): Promise<{ program: Program; ms: number }> => {
    const [port = 0] = await freePorts(1);
    return startTimed('bench/programs/bolt-hello.ts', port, {
      PORT: String(port),
      DATABASE_URL: database.url,
      SLACK_API_URL: `${sandboxUrl}/slack/api/`,
    });
  };
  return { start, database };
}

async function startTimed(
  file: string,
  port: number,
  environment: Readonly<Record<string, string>>,
): Promise<{ program: Program; ms: number }> {
  const from = performance.now();
  const program = startProgram(file, environment);
  while ((await statusOf(`http://127.0.0.1:${port}/readyz`)) !== 200) {
    if (program.child.exitCode !== null || performance.now() - from > 30_000)
      throw new Error(`${file} did not become ready\n${program.output()}`);
    await wait(POLL_MS);
  }
  return { program, ms: performance.now() - from };
}

/** 0 while nobody listens. */
function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', () => resolve(0));
  });
}

async function starts(ours: Bot, peer: Bot): Promise<Figure> {
  const times: Record<'ours' | 'peer', number[]> = { ours: [], peer: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.ours.push(await startOnce(ours));
    times.peer.push(await startOnce(peer));
  }
  const comparison = compareRounds(times.ours, times.peer);
  return {
    name: 'P12 start to ready',
    figure: `${short(median(times.ours))} ms, Bolt hello ${short(median(times.peer))} ms`,
    ratio: comparison.text,
    bar: `≤ ${BARS.start}×`,
    verdict: judge(comparison, comparison.ratio <= BARS.start),
  };
}

async function startOnce(bot: Bot): Promise<number> {
  const { program, ms } = await bot.start();
  await program.kill('SIGKILL');
  return ms;
}

/** Both at once, so that they idle under the same conditions. */
async function idle(ours: Bot, peer: Bot, { isFull, server }: BenchSettings): Promise<readonly Figure[]> {
  const seconds = isFull ? IDLE_SECONDS.full : IDLE_SECONDS.quick;
  const [tocsin, hello] = [await ours.start(), await peer.start()];
  const admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
  try {
    // The SDKs load after ready.
    await wait(5_000);
    const before = await load(admin, ours.database);
    await wait(seconds * 1_000);
    const after = await load(admin, ours.database);
    const [mine, theirs] = [megabytes(tocsin.program), megabytes(hello.program)];
    const ratio = mine / theirs;
    const queries = (after.transactions - before.transactions) / seconds;
    return [
      {
        name: `P12 memory after ${seconds + 5} s idle (RSS)`,
        figure: `${short(mine)} MB, Bolt hello ${short(theirs)} MB`,
        ratio: `${short(ratio)}×`,
        bar: `≤ ${BARS.memory}×`,
        verdict: ratio <= BARS.memory ? 'met' : 'missed',
      },
      {
        name: 'P12 idle load on the database',
        figure: `${short(queries)} transactions/s, ${after.connections} connections per replica`,
        bar: `≤ ${BARS.queries}/s, ≤ ${BARS.connections}`,
        verdict: queries <= BARS.queries && after.connections <= BARS.connections ? 'met' : 'missed',
      },
    ];
  } finally {
    await admin.end();
    await Promise.all([tocsin.program.kill(), hello.program.kill()]);
  }
}

async function load(
  admin: pg.Client,
  database: TestDatabase,
): Promise<{ readonly transactions: number; readonly connections: number }> {
  const answer = await admin.query<{ transactions: number; connections: number }>(
    `select (xact_commit + xact_rollback)::int as transactions, numbackends as connections
     from pg_stat_database where datname = $1`,
    [new URL(database.url).pathname.slice(1)],
  );
  return answer.rows[0] ?? { transactions: Number.NaN, connections: Number.NaN };
}

function megabytes(program: Program): number {
  const status = readFileSync(`/proc/${program.child.pid}/status`, 'utf8');
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1_024) / 1_000_000;
}

function dependencies(): Figure {
  const names = direct();
  return {
    name: 'P12 direct runtime dependencies',
    figure: String(names.length),
    bar: `≤ ${BARS.dependencies}`,
    verdict: names.length <= BARS.dependencies ? 'met' : 'missed',
  };
}

function size(): Figure {
  const ours = installSize(direct());
  const peer = installSize(['@slack/bolt', 'pg']);
  return {
    name: 'P12 install size',
    figure: `${short(ours.megabytes)} MB in ${ours.packages} packages, Bolt hello ${short(peer.megabytes)} MB in ${peer.packages}`,
    ratio: `${short(ours.megabytes / peer.megabytes)}×`,
    bar: 'none',
    verdict: 'no bar',
    note: 'without the Node and PostgreSQL that may come along',
  };
}

function direct(): readonly string[] {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  );
  return Object.keys(dependencies);
}
