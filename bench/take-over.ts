import { statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PgBoss } from 'pg-boss';
import { firingAlert } from '../test/harness/alerts.ts';
import { createTestDatabase } from '../test/harness/database.ts';
import { startWorld } from '../test/harness/world.ts';
import type { World } from '../test/harness/world.ts';
import { drained } from './drained.ts';
import { median, short } from './figures.ts';
import type { Benchmark, BenchSettings, Figure } from './figures.ts';

/** Mostly waiting for a heartbeat to run out, so several worlds wait at once. */
const WORLDS = 3;
const KILLS = { quick: 1, full: 7 } as const;
const BAR_SECONDS = 15;

const PRELOAD = pathToFileURL(join(import.meta.dirname, '..', 'test', 'harness', 'fail-points.ts')).href;

export const takeOver: Benchmark = {
  id: 'p9',
  title: 'Take-over',
  compares:
    'One of two replicas gets SIGKILL the moment it has claimed the job that opens a channel, the worst moment for its heartbeat; until the ledger shows the channel that the other one made, and only one. Against what pg-boss stores for a queue with its defaults: how long it takes an abandoned job for a running one.',
  run: measure,
};

async function measure({ server, isFull }: BenchSettings): Promise<readonly Figure[]> {
  const kills = isFull ? KILLS.full : KILLS.quick;
  const worlds: KillWorld[] = [];
  try {
    // One after the other: starting all at once would only make each slow.
    for (let number = 0; number < WORLDS; number += 1) worlds.push(await startKillWorld(server));
    const seconds = (await Promise.all(worlds.map((one) => killsIn(one, kills)))).flat();
    return [figureOf(seconds, await defaultExpiry(server))];
  } finally {
    await Promise.all(worlds.map((one) => one.stop()));
  }
}

function figureOf(seconds: readonly number[], peer: number): Figure {
  const worst = Math.max(...seconds);
  return {
    name: 'P9 take-over',
    figure: `p50 ${short(median(seconds))} s, max ${short(worst)} s of ${seconds.length} kills`,
    ratio: `${short(worst / peer)}× of pg-boss’s default ${peer} s (stored, not waited for)`,
    bar: `max ≤ ${BAR_SECONDS} s`,
    verdict: worst <= BAR_SECONDS ? 'met' : 'missed',
  };
}

interface KillWorld {
  readonly world: World;
  /** While this file exists nobody dies; whoever claims a job next makes it again and is killed. */
  readonly spared: string;
  readonly stop: () => Promise<void>;
}

async function startKillWorld(server: BenchSettings['server']): Promise<KillWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-bench-kill-'));
  const spared = join(folder, 'spared');
  await writeFile(spared, '');
  const world = await startWorld({
    server,
    replicas: 2,
    env: { FAIL_POINT: 'after-claim', FAIL_ONCE: spared },
    preload: () => [PRELOAD],
  });
  const stop = async (): Promise<void> => {
    await world.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { world, spared, stop };
}

async function killsIn({ world, spared }: KillWorld, kills: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    seconds.push(await killOnce(world, spared, `kill${kill}`));
    await drained(world.owner);
    const dead = world.replicas.findIndex((replica) => replica.child.signalCode !== null);
    if (kill + 1 < kills) await world.startReplica(dead);
  }
  return seconds;
}

/** @returns seconds from the death to the effect */
async function killOnce(world: World, spared: string, name: string): Promise<number> {
  await rm(spared);
  const alive = world.replicas.findIndex((replica) => replica.child.signalCode === null);
  const answer = await world.alert(firingAlert(name, { service: 'checkout' }), { replica: alive });
  if (answer.status !== 202) throw new Error(`the webhook answered ${answer.status}`);
  const created = await world.sandbox.until(
    'the other replica makes the channel',
    async () => {
      const entries = await world.sandbox.ledger('conversations.create');
      return entries.find((entry) => entry.effect && String(entry.args?.['name']).endsWith(`-${name}-fires`));
    },
    60_000,
  );
  if (!world.replicas.some((replica) => replica.child.signalCode === 'SIGKILL'))
    throw new Error('nobody died');
  return (Date.parse(created.at) - statSync(spared).mtimeMs) / 1_000;
}

async function defaultExpiry(server: BenchSettings['server']): Promise<number> {
  const database = await createTestDatabase(server);
  const boss = new PgBoss({
    connectionString: database.ownerUrl,
    schema: 'peer',
    supervise: false,
    schedule: false,
  });
  try {
    await boss.start();
    await boss.createQueue('defaults');
    const queue = await boss.getQueue('defaults');
    return queue?.expireInSeconds ?? Number.NaN;
  } finally {
    await boss.stop({ graceful: false });
    await database.drop();
  }
}
