import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClusters } from '../../../src/integrations/kubernetes/cluster.ts';
import type { Clusters } from '../../../src/integrations/kubernetes/cluster.ts';
import type { Deployment, RolloutVerdict } from '../../../src/ports/cluster.ts';
import {
  call,
  control,
  MERGE,
  PROFILE,
  rolledOut,
  startCluster,
} from '../../unit/sandbox/kubernetes-harness.ts';
import type { RunningCluster } from '../../unit/sandbox/kubernetes-harness.ts';

const REF = { context: null, namespace: 'exalt-shared', name: 'user-profile-service' };
const LIST = 'kubernetes:GET /apis/apps/v1/namespaces/exalt-shared/deployments';

let cluster: RunningCluster;
let clusters: Clusters;

beforeEach(async () => {
  cluster = await startCluster({ rolloutMs: 400 });
  await rolledOut(cluster, PROFILE);
  clusters = createClusters(join(cluster.folder, 'kubeconfig'));
  await clusters.warmUp();
});
afterEach(() => cluster.stop());

async function restart(): Promise<void> {
  const { resourceVersion } = await clusters.reader.observeDeployment(REF, { timeoutMs: 2_000 });
  const restartedAt = '2026-11-22T03:00:00.000Z';
  await clusters.writer.restartDeployment(REF, { restartedAt, resourceVersion });
}

function follow(seen: Deployment[] = []): Promise<RolloutVerdict> {
  return clusters.reader.followRollout(REF, {
    signal: AbortSignal.timeout(20_000),
    onProgress: (deployment) => seen.push(deployment),
  });
}

const operate = (operation: Record<string, unknown>): Promise<unknown> =>
  control(cluster, { namespace: REF.namespace, name: REF.name, ...operation });

describe('following a rollout', () => {
  it('sees it move and come to its end', async () => {
    await restart();
    const seen: Deployment[] = [];
    expect(await follow(seen)).toMatchObject({ outcome: 'complete' });
    expect(new Set(seen.map(({ replicas }) => replicas.updated)).size).toBeGreaterThan(1);
    expect(cluster.world.ledger.entries().filter(({ method }) => method.startsWith('WATCH')).length).toBe(1);
  });

  it.each(['drop_watch', 'watch_gone'] as const)('loses nothing when watches end: %s', async (kind) => {
    await restart();
    const ending = setInterval(
      () => cluster.world.faults.arm({ target: LIST, fault: { kind }, times: 1 }),
      300,
    );
    try {
      expect(await follow()).toMatchObject({ outcome: 'complete' });
    } finally {
      clearInterval(ending);
    }
  });

  it('goes on when the cluster does not answer for a while', async () => {
    await restart();
    cluster.world.faults.arm({ target: LIST, fault: { kind: 'status', code: 500 }, times: 3 });
    expect(await follow()).toMatchObject({ outcome: 'complete' });
  });

  it('has the verdict within 2 s of the API', async () => {
    await restart();
    const known = rolledOut(cluster, PROFILE).then(() => performance.now());
    const told = follow().then(() => performance.now());
    expect((await told) - (await known)).toBeLessThan(2_000);
  });

  it('reports a rollout without progress as failed', async () => {
    await call(
      cluster,
      'PATCH',
      PROFILE,
      { spec: { progressDeadlineSeconds: 1, minReadySeconds: 0 } },
      MERGE,
    );
    await rolledOut(cluster, PROFILE);
    await operate({ op: 'stall-rollout' });
    await restart();
    const verdict = await follow();
    expect(verdict.outcome).toBe('failed');
    expect(verdict.text).toContain('gave the rollout up: no progress for 1 s');
  });

  it('reports a deleted deployment as failed', async () => {
    await restart();
    const verdict = follow();
    await call(cluster, 'DELETE', PROFILE);
    expect(await verdict).toMatchObject({
      outcome: 'failed',
      text: 'The deployment user-profile-service was deleted while it rolled out.',
    });
  });

  it('reports a rollout that somebody paused', async () => {
    await restart();
    const verdict = follow();
    await call(cluster, 'PATCH', PROFILE, { spec: { paused: true } }, MERGE);
    expect(await verdict).toMatchObject({ outcome: 'failed', text: expect.stringContaining('paused') });
  });
});

describe('observing', () => {
  it('sees what a plan needs', async () => {
    const seen = await clusters.reader.observeDeployment(REF, { timeoutMs: 2_000 });
    expect(seen).toMatchObject({
      context: 'sandbox',
      images: ['user-profile-service=exalt/user-profile-service:2.4.1'],
      replicas: { desired: 3, updated: 3, available: 3 },
      strategy: { kind: 'rolling' },
      budgets: [{ minAvailable: '2' }],
      unseen: [],
    });
    expect(seen.podTemplateHash).toMatch(/^[a-z0-9]+$/);
  });

  it('says what it may not see instead of guessing', async () => {
    cluster.world.faults.arm({
      target: 'kubernetes:GET /apis/policy/v1',
      fault: { kind: 'status', code: 403 },
      times: 1,
    });
    const seen = await clusters.reader.observeDeployment(REF, { timeoutMs: 2_000 });
    expect(seen).toMatchObject({ budgets: [], unseen: ['disruption budgets'] });
  });

  it('gives up in time, and says who does not answer', async () => {
    cluster.world.faults.arm({ target: 'kubernetes:*', fault: { kind: 'slow', ms: 5_000 }, times: -1 });
    const started = performance.now();
    await expect(clusters.reader.observeDeployment(REF, { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'unavailable',
      userMessage: 'The cluster sandbox does not answer in time.',
    });
    expect(performance.now() - started).toBeLessThan(1_000);
    cluster.world.faults.clear();
  });

  it.each(['a/../b', 'a%2fb', 'kube-proxy', 'ä', 'a b', '', 'a'.repeat(254), '-a'])(
    'never asks for %j',
    async (name) => {
      const before = cluster.world.ledger.entries().length;
      await expect(
        clusters.reader.observeDeployment({ ...REF, name }, { timeoutMs: 500 }),
      ).rejects.toMatchObject({ code: 'bad_input' });
      expect(cluster.world.ledger.entries().length).toBe(before);
    },
  );
});
