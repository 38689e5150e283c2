import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { firingAlert } from '../harness/alerts.ts';
import { KILL_POINTS } from '../harness/kill-points.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

const PRELOAD = pathToFileURL(join(import.meta.dirname, '..', 'harness', 'kill-points.ts')).href;
const DEPLOYMENT = '/apis/apps/v1/namespaces/exalt-shared/deployments/user-profile-service';
/** Milliseconds from the kill to the end: 15 s for the take-over, and the rollout. */
const COMPLETE_WITHIN = 25_000;

/** Once per edge in every run; TOCSIN_ROUNDS=20 in `npm run test:long`. */
const ROUNDS = Number(process.env['TOCSIN_ROUNDS'] ?? 1);
const cases = KILL_POINTS.flatMap((point) =>
  Array.from({ length: ROUNDS }, (_, round) => ({ point, round })),
);

describe('kill -9 of the replica that runs an approved restart, at every edge', () => {
  it.concurrent.each(cases)(
    '$point (round $round): the other one ends it, and it ran once',
    { timeout: 120_000 },
    async ({ point }) => {
      const once = join(await mkdtemp(join(tmpdir(), 'tocsin-kill-')), 'dead');
      const world = await startWorld({
        replicas: 2,
        env: { KILL_POINT: point, KILL_ONCE: once },
        preload: () => [PRELOAD],
      });
      try {
        const before = await generation(world);
        await approveRestart(world);
        await world.sandbox.until('one replica is dead', async () =>
          world.replicas.some((replica) => replica.child.signalCode === 'SIGKILL'),
        );
        await world.sandbox.until(
          'the restart has succeeded',
          async () => {
            const answer = await world.owner.query<{ state: string }>('select state from app.executions');
            return answer.rows.some(({ state }) => state === 'succeeded');
          },
          COMPLETE_WITHIN,
        );
        expect(await generation(world)).toBe(before + 1);
        const patches = (await world.sandbox.ledger(`PATCH ${DEPLOYMENT}`)).filter((entry) => entry.effect);
        expect(patches).toHaveLength(1);
        const kinds = await world.owner.query<{ kind: string }>(
          `select kind from app.log where kind like 'action.%' order by seq`,
        );
        expect(kinds.rows.map(({ kind }) => kind)).toEqual([
          'action.requested',
          'action.approved',
          'action.started',
          'action.applied',
          'action.succeeded',
        ]);
      } finally {
        await world.stop();
      }
    },
  );
});

async function approveRestart(world: World): Promise<void> {
  const { sandbox } = world;
  await world.alert(firingAlert('UserProfileServiceDown', { job: 'user-profile-service' }));
  const channel = await sandbox.until('the channel', async () => {
    const found = (await sandbox.channels()).find(({ name }) => name.startsWith('inc-1-'));
    return found?.members.includes('U0ANA') === true ? found.id : undefined;
  });
  await sandbox.command('U0ANA', channel, '/incident run restart');
  const plan = await sandbox.until('the plan', async () => {
    const found = await sandbox.modal('U0ANA');
    return JSON.stringify(found?.blocks ?? []).includes('Outage:') ? found : undefined;
  });
  await sandbox.submit('U0ANA', plan.id, { reason: { reason: 'memory climbs' } });
  const card = await sandbox.until('the approval card', async () =>
    (await sandbox.messages(channel)).find((message) =>
      JSON.stringify(message.blocks ?? []).includes('approval.approve'),
    ),
  );
  await sandbox.click({ as: 'U0MIRA', channel, ts: card.ts, actionId: 'approval.approve' });
}

async function generation(world: World): Promise<number> {
  const answer = await fetch(`${world.sandbox.url}/kubernetes${DEPLOYMENT}`, {
    headers: { authorization: 'Bearer sandbox' },
  });
  const body: { metadata: { generation: number } } = JSON.parse(await answer.text());
  return body.metadata.generation;
}
