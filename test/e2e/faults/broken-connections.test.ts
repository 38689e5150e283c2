import pg from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { firingAlert } from '../../harness/alerts.ts';
import { startHalfOpenProxy } from '../../harness/half-open-proxy.ts';
import type { HalfOpenProxy } from '../../harness/half-open-proxy.ts';
import {
  allShown,
  approvalCard,
  executionIs,
  messagesAndSurfaces,
  openDown,
  restartsDone,
  sendUntilTaken,
} from '../../harness/scenes.ts';
import type { SlackMessageSeen } from '../../harness/sandbox-client.ts';
import { startWorld } from '../../harness/world.ts';
import type { World } from '../../harness/world.ts';

/** F10. */
const DETECTED_WITHIN = 15_000;
const BRIDGED_WITHIN = 2_000;

async function inWorld(story: (world: World, proxy: HalfOpenProxy) => Promise<void>): Promise<void> {
  const proxy = await startHalfOpenProxy(inject('testServer').adminUrl);
  const world = await startWorld({ replicas: 1, databaseThrough: proxy.through });
  try {
    await story(world, proxy);
  } finally {
    await world.stop();
    await proxy.close();
  }
}

const info = (name: string) => firingAlert(name, { severity: 'info', job: name });

/** Ends all connections of the replicas whenever Slack or the cluster took something. @returns how many it ended */
async function breakAfterEachEffect(world: World, admin: pg.Client, signal: AbortSignal): Promise<number> {
  const database = new URL(world.databaseUrl).pathname.slice(1);
  let seen = -1;
  let broken = 0;
  while (!signal.aborted) {
    const effects = (await world.sandbox.ledger()).filter((entry) => entry.effect).length;
    if (effects > seen) {
      const { rowCount } = await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = $1 and application_name like 'tocsin%'`,
        [database],
      );
      broken += rowCount ?? 0;
    }
    seen = effects;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return broken;
}

/** A person who is told that it could not be recorded tries again. */
async function askUntilAsked(world: World, channel: string): Promise<SlackMessageSeen> {
  const { sandbox } = world;
  await sandbox.until(
    'a restart is asked for',
    async () => {
      const { rows } = await world.owner.query(
        `select from app.executions where state = 'awaiting-approval'`,
      );
      if (rows.length > 0) return true;
      const open = await sandbox.modal('U0ANA');
      if (open !== undefined && JSON.stringify(open.blocks).includes('Outage:'))
        await sandbox
          .submit('U0ANA', open.id, { reason: { reason: 'memory climbs' } })
          .catch(() => undefined);
      else await sandbox.command('U0ANA', channel, '/incident run restart');
      return false;
    },
    60_000,
  );
  return approvalCard(world, channel, 'memory climbs');
}

/** @returns milliseconds until the channel of the alert is there */
async function timeToChannel(world: World, name: string): Promise<number> {
  const started = performance.now();
  await sendUntilTaken(world, info(name));
  await world.sandbox.until('its channel', async () =>
    (await world.sandbox.channels()).some((channel) => channel.name.includes(name)),
  );
  return performance.now() - started;
}

describe('F10: connections to the database break', () => {
  it.concurrent(
    'all of them are ended whenever something has happened: nothing lost, nothing doubled',
    { timeout: 120_000 },
    async () => {
      const world = await startWorld({ replicas: 2 });
      const admin = new pg.Client({ connectionString: inject('testServer').adminUrl });
      await admin.connect();
      const breaking = new AbortController();
      const breaker = breakAfterEachEffect(world, admin, breaking.signal);
      try {
        const before = (await restartsDone(world)).generation;
        const channel = await openDown(world, 60_000);
        const card = await askUntilAsked(world, channel.id);
        await world.sandbox.until('it is approved', async () => {
          await world.sandbox
            .click({ as: 'U0MIRA', channel: channel.id, ts: card.ts, actionId: 'approval.approve' })
            .catch(() => undefined);
          const { rows } = await world.owner.query(`select from app.log where kind = 'action.approved'`);
          return rows.length === 1;
        });
        await executionIs(world, 'succeeded', 60_000);
        await allShown(world);
        breaking.abort();
        expect(await breaker).toBeGreaterThan(20);
        expect(await restartsDone(world)).toEqual({ patches: 1, generation: before + 1 });
        const { rows } = await world.owner.query('select count(*)::int as n from app.incidents');
        expect(rows[0]).toEqual({ n: 1 });
        const channels = (await world.sandbox.channels()).filter(({ name }) => name.startsWith('inc-'));
        expect(channels).toHaveLength(1);
        const { posted, wanted } = await messagesAndSurfaces(world);
        expect(posted).toEqual(wanted);
        for (const replica of world.replicas) expect(replica.child.exitCode).toBeNull();
      } finally {
        breaking.abort();
        await breaker.catch(() => undefined);
        await admin.end();
        await world.stop();
      }
    },
  );

  it.concurrent(
    'the listening one goes half open: polling bridges it within 2 s, and it listens again within 15 s',
    { timeout: 120_000 },
    () =>
      inWorld(async (world, proxy) => {
        await timeToChannel(world, 'warm-up');
        await allShown(world);
        expect(proxy.swallow('listening')).toBeGreaterThan(0);
        const cut = performance.now();
        expect(await timeToChannel(world, 'bridged')).toBeLessThan(BRIDGED_WITHIN);
        await world.sandbox.until('it listens again', async () => proxy.listening() > 0, 30_000);
        // The connection may have proven itself the moment before: then a whole interval passes first.
        expect(performance.now() - cut).toBeLessThan(DETECTED_WITHIN + 1_500);
      }),
  );

  it.concurrent(
    'all of them go half open: within 15 s alerts are taken and worked on again',
    { timeout: 120_000 },
    () =>
      inWorld(async (world, proxy) => {
        await timeToChannel(world, 'warm-up');
        await allShown(world);
        expect(proxy.swallow('all')).toBeGreaterThan(2);
        expect(await timeToChannel(world, 'after-all')).toBeLessThan(DETECTED_WITHIN);
        await allShown(world);
      }),
  );
});
