import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Execution } from '../../../src/executions/model.ts';
import type { ClusterWriter } from '../../../src/ports/cluster.ts';
import { startActionWorld } from './action-world.ts';
import type { ActionWorld } from './action-world.ts';

let world: ActionWorld;

beforeAll(async () => {
  world = await startActionWorld();
});
afterEach(() => world.settle());
afterAll(() => world.close());

/** The row as a replica that was killed left it: nothing after this point has happened. */
async function leftIn(state: 'running' | 'verifying', id: string): Promise<void> {
  await world.deps.db.query(`update executions set state = $2, started_at = app.now() where id = $1`, [
    id,
    state,
  ]);
}

async function patch(execution: Execution): Promise<void> {
  const ref = { context: null, namespace: 'exalt-shared', name: 'user-profile-service' };
  const { resourceVersion } = await world.deps.cluster.observeDeployment(ref, { timeoutMs: 2_000 });
  const restartedAt = execution.approvedAt?.toISOString() ?? '';
  await world.deps.clusterWriter.restartDeployment(ref, { restartedAt, resourceVersion });
}

describe('another replica goes on from wherever the first was killed', () => {
  it('before the write: it writes', async () => {
    const generation = await world.generation();
    const { id } = await world.approved();
    await leftIn('running', id);
    expect(await world.run(id, world.replica())).toMatchObject({ state: 'succeeded' });
    expect(await world.generation()).toBe(generation + 1);
  });

  it('after the write and before it was recorded: it does not write again', async () => {
    const generation = await world.generation();
    const execution = await world.approved();
    await leftIn('running', execution.id);
    await patch(execution);
    const writes = world.effects().length;
    expect(await world.run(execution.id, world.replica())).toMatchObject({ state: 'succeeded' });
    expect(world.effects().length).toBe(writes);
    expect(await world.generation()).toBe(generation + 1);
  });

  it('while it verified: it follows the same rollout to its end', async () => {
    const execution = await world.approved();
    await patch(execution);
    await leftIn('verifying', execution.id);
    const writes = world.effects().length;
    expect(await world.run(execution.id)).toMatchObject({ state: 'succeeded' });
    expect(world.effects().length).toBe(writes);
  });

  it('when somebody changed the target meanwhile: it says that it does not know', async () => {
    const { id } = await world.approved();
    await leftIn('running', id);
    const writes = world.effects().length;
    await world.operate({ op: 'set-image', image: `exalt/user-profile-service:2.5.${Date.now()}` });
    const unknown = await world.run(id);
    expect(unknown).toMatchObject({ state: 'unknown', observedAfter: expect.anything() });
    expect(unknown.outcome).toContain('A person has to look.');
    expect(world.effects().length).toBe(writes);
  });
});

describe('two replicas with the same job', () => {
  it('the second waits while the first holds the lease', async () => {
    const generation = await world.generation();
    const { id } = await world.approved();
    const reached = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const slow: ClusterWriter = {
      restartDeployment: async (ref, input) => {
        reached.resolve();
        await goOn.promise;
        return world.deps.clusterWriter.restartDeployment(ref, input);
      },
    };
    const first = world.run(id, { ...world.deps, clusterWriter: slow });
    await reached.promise;
    await expect(world.run(id, world.replica())).rejects.toMatchObject({ code: 'rate_limited' });
    goOn.resolve();
    expect(await first).toMatchObject({ state: 'succeeded' });
    expect(await world.generation()).toBe(generation + 1);
  });

  it('takes over when the lease of a dead one has run out', async () => {
    const { id } = await world.approved();
    await leftIn('running', id);
    await world.deps.db.query(
      `update executions set lease_owner = 'dead', lease_until = app.now() + interval '10 s' where id = $1`,
      [id],
    );
    await expect(world.run(id)).rejects.toMatchObject({ code: 'rate_limited' });
    await world.deps.db.query(
      `update executions set lease_until = app.now() - interval '1 s' where id = $1`,
      [id],
    );
    expect(await world.run(id)).toMatchObject({ state: 'succeeded' });
  });
});
