import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { verifyLog } from '../../src/log/verify-log.ts';
import { firingAlert } from '../harness/alerts.ts';
import { FAIL_POINTS } from '../harness/fail-points.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

/** Once per point in every run; TOCSIN_ROUNDS=20 in `npm run test:long`. */
const ROUNDS = Number(process.env['TOCSIN_ROUNDS'] ?? 1);
/** Milliseconds after the kill in which the other replica must have completed the incident. */
const COMPLETE_WITHIN = 30_000;

const PRELOAD = pathToFileURL(join(import.meta.dirname, '..', 'harness', 'fail-points.ts')).href;

describe('kill -9 of one of two replicas, at every point from the webhook to the invitation', () => {
  const cases = FAIL_POINTS.flatMap((point) =>
    Array.from({ length: ROUNDS }, (_, round) => ({ point, round })),
  );

  it.concurrent.each(cases)(
    '$point (round $round): nothing is lost, nothing is doubled',
    { timeout: 120_000 },
    async ({ point }) => {
      const folder = await mkdtemp(join(tmpdir(), 'tocsin-once-'));
      const once = join(folder, 'dead');
      const world = await startWorld({
        replicas: 2,
        env: { FAIL_POINT: point, FAIL_ONCE: once },
        preload: () => [PRELOAD],
      });
      try {
        await deliver(world);
        await expectDeath(world);
        await expectOneCompleteIncident(world);
      } finally {
        await world.stop();
        await rm(folder, { recursive: true });
      }
    },
  );
});

/** As Alertmanager does: until somebody has said 202. */
async function deliver(world: World): Promise<void> {
  const body = firingAlert('UserProfileServiceDown', { job: 'user-profile-service' });
  for (const replica of [0, 1, 0, 1]) {
    const answer = await world.alert(body, { replica }).catch(() => undefined);
    if (answer?.status === 202) return;
  }
  throw new Error('no replica took the alert');
}

async function expectDeath(world: World): Promise<void> {
  await world.sandbox.until('one replica is dead', async () =>
    world.replicas.some((replica) => replica.child.signalCode === 'SIGKILL'),
  );
}

async function expectOneCompleteIncident(world: World): Promise<void> {
  const { sandbox, owner } = world;
  const channel = await sandbox.until(
    'the incident is complete',
    async () => {
      const [found] = (await sandbox.channels()).filter((one) => one.name.startsWith('inc-'));
      if (found === undefined || !found.members.includes('U0ANA')) return undefined;
      // One statement: what is wanted between two would count as shown.
      const { rows } = await owner.query<{ open: number; kinds: string[] }>(
        `select count(*) filter (where ts is null or shown < wanted)::int as open,
           coalesce(array_agg(distinct kind), '{}') as kinds from app.surfaces`,
      );
      const kinds = rows[0]?.kinds ?? [];
      const complete = ['incident-card', 'announcement', 'checklist'].every((kind) => kinds.includes(kind));
      return complete && rows[0]?.open === 0 ? found : undefined;
    },
    COMPLETE_WITHIN,
  );
  const counts = await owner.query(
    'select (select count(*)::int from app.incidents) as incidents, (select count(*)::int from app.alerts) as alerts',
  );
  expect(counts.rows[0]).toEqual({ incidents: 1, alerts: 1 });
  expect((await sandbox.channels()).filter((one) => one.name.startsWith('inc-'))).toHaveLength(1);
  const surfaces = await owner.query<{ id: string }>('select id from app.surfaces order by id');
  const posted = [
    ...(await sandbox.messages(channel.id)),
    ...(await sandbox.messages('C0INCIDENTS')),
  ].flatMap((message) => {
    const id = message.metadata?.event_payload['id'];
    return typeof id === 'string' ? [id] : [];
  });
  expect(posted.toSorted()).toEqual(surfaces.rows.map((row) => row.id).toSorted());
  const verdict = await verifyLog({
    query: async (text, values) => ({
      rows: (await owner.query(text, [...(values ?? [])])).rows,
      rowCount: 0,
    }),
  });
  expect(verdict.problems).toEqual([]);
}
