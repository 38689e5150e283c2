import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { askForRestart, openDown, restartsDone } from '../../harness/scenes.ts';
import { firingAlert } from '../../harness/alerts.ts';
import { startWorld } from '../../harness/world.ts';
import type { World } from '../../harness/world.ts';

/** F2: milliseconds from the death of a replica that holds a lease until another has finished its step. */
const TAKE_OVER = 15_000;
const ROUNDS = Number(process.env['TOCSIN_ROUNDS'] ?? 1);
const rounds = Array.from({ length: ROUNDS }, (_, round) => round);

const preload = (name: string): string =>
  pathToFileURL(join(import.meta.dirname, '..', '..', 'harness', `${name}.ts`)).href;

interface Death {
  readonly module: 'fail-points' | 'kill-points';
  readonly env: 'FAIL' | 'KILL';
  readonly point: string;
  /** How many restarts the cluster has seen when all is over. */
  readonly restarts: number;
}

/** Runs `story` in a world of two replicas of which one dies at a point. @returns milliseconds from then to the end of the step */
async function takeOver(
  death: Death,
  story: (world: World) => Promise<void>,
  step: (world: World) => Promise<boolean>,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-take-over-'));
  const world = await startWorld({
    replicas: 2,
    env: { [`${death.env}_POINT`]: death.point, [`${death.env}_ONCE`]: join(folder, 'dead') },
    preload: () => [preload(death.module)],
  });
  try {
    const died = Promise.race(
      world.replicas.map(
        (replica) =>
          new Promise<number>((resolve) => replica.child.once('exit', () => resolve(performance.now()))),
      ),
    );
    await story(world);
    const at = await died;
    await world.sandbox.until('the step is finished', () => step(world), 2 * TAKE_OVER);
    const took = performance.now() - at;
    const living = world.replicas.filter((replica) => replica.child.signalCode === null);
    expect(living).toHaveLength(1);
    const { patches } = await restartsDone(world);
    expect(patches).toBe(death.restarts);
    return took;
  } finally {
    await world.stop();
    await rm(folder, { recursive: true });
  }
}

async function logHas(world: World, kind: string): Promise<boolean> {
  const { rows } = await world.owner.query('select from app.log where kind = $1', [kind]);
  return rows.length > 0;
}

describe('F2: a replica dies while it holds a lease; another has finished the step within 15 s', () => {
  it.concurrent.each(rounds)('while it opens the channel (round %i)', { timeout: 90_000 }, async () => {
    const took = await takeOver(
      { module: 'fail-points', env: 'FAIL', point: 'create-sent', restarts: 0 },
      async (world) =>
        void (await world.alert(firingAlert('UserProfileServiceDown', { job: 'user-profile-service' }))),
      (world) => logHas(world, 'incident.channel_opened'),
    );
    expect(took).toBeLessThan(TAKE_OVER);
  });

  it.concurrent.each(rounds)('while it posts the card (round %i)', { timeout: 90_000 }, async () => {
    const took = await takeOver(
      { module: 'fail-points', env: 'FAIL', point: 'post-sent', restarts: 0 },
      async (world) =>
        void (await world.alert(firingAlert('UserProfileServiceDown', { job: 'user-profile-service' }))),
      async (world) => {
        // The first message that is posted is the card; others wait for it on purpose.
        const { rows } = await world.owner.query(
          `select from app.surfaces where kind = 'incident-card' and ts is not null and shown = wanted`,
        );
        return rows.length === 1;
      },
    );
    expect(took).toBeLessThan(TAKE_OVER);
  });

  it.concurrent.each(rounds)(
    'while it runs a restart, which runs once (round %i)',
    { timeout: 90_000 },
    async () => {
      const took = await takeOver(
        { module: 'kill-points', env: 'KILL', point: 'patch-answered', restarts: 1 },
        async (world) => {
          const { id } = await openDown(world);
          const card = await askForRestart(world, id);
          await world.sandbox.click({ as: 'U0MIRA', channel: id, ts: card.ts, actionId: 'approval.approve' });
        },
        (world) => logHas(world, 'action.applied'),
      );
      expect(took).toBeLessThan(TAKE_OVER);
    },
  );
});
