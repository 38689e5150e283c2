import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import {
  at,
  call,
  condition,
  control,
  type Json,
  list,
  PROFILE,
  record,
  rolledOut,
  type RunningCluster,
  startCluster,
  STRATEGIC,
  until,
} from './kubernetes-harness.ts';

const namespace = 'exalt-shared';
const PODS = `/api/v1/namespaces/${namespace}/pods`;
const SETS = `/apis/apps/v1/namespaces/${namespace}/replicasets`;
let cluster: RunningCluster;

beforeEach(async () => {
  cluster = await startCluster();
  await rolledOut(cluster, PROFILE);
});

afterEach(() => cluster.stop());

function restart(at: string, path = PROFILE) {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': at };
  return call(cluster, 'PATCH', path, { spec: { template: { metadata: { annotations } } } }, STRATEGIC);
}

function image(tag: string, more: Json = {}) {
  const containers = [{ name: 'user-profile-service', image: `exalt/user-profile-service:${tag}` }];
  return call(
    cluster,
    'PATCH',
    PROFILE,
    { spec: { ...more, template: { spec: { containers } } } },
    STRATEGIC,
  );
}

/** Every state the pods of the namespace went through while `act` ran. */
async function podCounts(
  path: string,
  act: () => Promise<unknown>,
): Promise<{ total: number; ready: number }[]> {
  const counts: { total: number; ready: number }[] = [];
  const abort = new AbortController();
  const response = await fetch(`${cluster.url}/kubernetes${path}?watch=1`, { signal: abort.signal });
  const pods = new Map<string, Json>();
  const reading = (async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        const event = record(JSON.parse(line));
        const name = String(at(event, 'object', 'metadata', 'name'));
        if (event.type === 'DELETED') pods.delete(name);
        else pods.set(name, record(event.object));
        const alive = [...pods.values()].filter(
          (pod) => at(pod, 'metadata', 'deletionTimestamp') === undefined,
        );
        const ready = alive.filter((pod) => at(pod, 'status', 'containerStatuses', 0, 'ready') === true);
        counts.push({ total: alive.length, ready: ready.length });
      }
    }
  })().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  await act();
  abort.abort();
  await reading;
  return counts.slice(pods.size);
}

describe('a rolling update', () => {
  it('makes a new replica set, keeps to surge and availability, and ends in NewReplicaSetAvailable', async () => {
    const before = await call(cluster, 'GET', PODS);
    const counts = await podCounts(PODS, async () => {
      const answer = await restart('2026-11-22T01:00:00Z');
      expect(at(answer.body, 'status', 'observedGeneration')).toBe(
        Number(at(answer.body, 'metadata', 'generation')) - 1,
      );
      await until(cluster, PROFILE, (body) => condition(body, 'Progressing')?.reason === 'ReplicaSetUpdated');
      await rolledOut(cluster, PROFILE);
    });
    expect(Math.max(...counts.map((count) => count.total))).toBe(4);
    expect(Math.min(...counts.slice(3).map((count) => count.ready))).toBeGreaterThanOrEqual(3);
    const old = new Set(list(before.body.items).map((pod) => at(pod, 'metadata', 'name')));
    const after = await until(cluster, PODS, (body) => list(body.items).length === 3);
    expect(list(after.items).some((pod) => old.has(at(pod, 'metadata', 'name')))).toBe(false);
    const deployment = (await call(cluster, 'GET', PROFILE)).body;
    expect(at(deployment, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')).toBe('4');
    const sets = list((await call(cluster, 'GET', SETS)).body.items);
    expect(sets).toHaveLength(4);
    const active = sets.filter((one) => at(one, 'spec', 'replicas') === 3);
    const hash = at(active[0], 'metadata', 'labels', 'pod-template-hash');
    expect(active.map((one) => at(one, 'metadata', 'name'))).toEqual([
      `user-profile-service-${String(hash)}`,
    ]);
  });

  it('goes to a revision again by its template, with the next number', async () => {
    await image('2.5.0');
    await rolledOut(cluster, PROFILE);
    await image('2.3.2');
    const back = await rolledOut(cluster, PROFILE);
    expect(at(back, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')).toBe('5');
    const sets = list((await call(cluster, 'GET', SETS)).body.items);
    const revisions = sets.map((one) =>
      at(one, 'metadata', 'annotations', 'deployment.kubernetes.io/revision'),
    );
    expect(new Set(revisions)).toEqual(new Set(['1', '3', '4', '5']));
  });

  it('keeps only as many old revisions as it may', async () => {
    await call(cluster, 'PATCH', PROFILE, { spec: { revisionHistoryLimit: 1 } });
    await restart('2026-11-22T01:00:00Z');
    await rolledOut(cluster, PROFILE);
    const left = await until(cluster, SETS, (body) => list(body.items).length === 2);
    const revisions = list(left.items).map((one) =>
      at(one, 'metadata', 'annotations', 'deployment.kubernetes.io/revision'),
    );
    expect(new Set(revisions)).toEqual(new Set(['3', '4']));
  });

  it('says ProgressDeadlineExceeded when an image never gets ready, and recovers', async () => {
    await image('broken-1', { progressDeadlineSeconds: 1 });
    const stuck = await until(cluster, PROFILE, (body) => condition(body, 'Progressing')?.status === 'False');
    expect(condition(stuck, 'Progressing')?.reason).toBe('ProgressDeadlineExceeded');
    expect(condition(stuck, 'Available')?.status).toBe('True');
    expect(stuck.status).toMatchObject({ replicas: 4, updatedReplicas: 1, availableReplicas: 3 });
    const pods = list((await call(cluster, 'GET', PODS)).body.items);
    const reasons = pods.map((pod) =>
      at(pod, 'status', 'containerStatuses', 0, 'state', 'waiting', 'reason'),
    );
    expect(reasons.filter((reason) => reason !== undefined)).toEqual(['ImagePullBackOff']);
    await image('2.4.1');
    await rolledOut(cluster, PROFILE);
  });

  it('does not move while it is paused, but still scales', async () => {
    await call(cluster, 'PATCH', PROFILE, { spec: { paused: true } });
    await image('2.5.0');
    const paused = await until(
      cluster,
      PROFILE,
      (body) => condition(body, 'Progressing')?.reason === 'DeploymentPaused',
    );
    expect(at(paused, 'status', 'updatedReplicas')).toBeUndefined();
    await call(cluster, 'PATCH', PROFILE, { spec: { replicas: 5 } });
    await until(cluster, PROFILE, (body) => at(body, 'status', 'availableReplicas') === 5);
    const pods = list((await call(cluster, 'GET', PODS)).body.items);
    const images = pods.map((pod) => at(pod, 'spec', 'containers', 0, 'image'));
    expect(new Set(images)).toEqual(new Set(['exalt/user-profile-service:2.4.1']));
    await call(cluster, 'PATCH', PROFILE, { spec: { paused: null } });
    const done = await rolledOut(cluster, PROFILE);
    expect(at(done, 'spec', 'template', 'spec', 'containers', 0, 'image')).toBe(
      'exalt/user-profile-service:2.5.0',
    );
  });

  it('waits out minReadySeconds before it counts a pod as available', async () => {
    await call(cluster, 'PATCH', PROFILE, { spec: { minReadySeconds: 1 } });
    await restart('2026-11-22T01:00:00Z');
    const waiting = await until(cluster, PROFILE, (body) => at(body, 'status', 'readyReplicas') === 4);
    expect(at(waiting, 'status', 'availableReplicas')).toBe(3);
    await rolledOut(cluster, PROFILE);
  });
});

it('a Recreate deployment never has two pods at once', async () => {
  const path = '/apis/apps/v1/namespaces/profile-api/deployments/profile-api';
  const counts = await podCounts('/api/v1/namespaces/profile-api/pods', async () => {
    await restart('2026-11-22T01:00:00Z', path);
    await until(cluster, path, (body) => condition(body, 'Available')?.status === 'False');
    await rolledOut(cluster, path);
  });
  expect(Math.max(...counts.map((count) => count.total))).toBe(1);
  expect(Math.min(...counts.map((count) => count.total))).toBe(0);
});

describe('trouble from the control API', () => {
  it('crashes pods again and again, and heals them', async () => {
    expect((await control(cluster, { op: 'crash', namespace, name: 'user-profile-service' })).status).toBe(
      200,
    );
    await until(cluster, PODS, (body) =>
      list(body.items).every((pod) => Number(at(pod, 'status', 'containerStatuses', 0, 'restartCount')) >= 2),
    );
    const sick = await until(cluster, PROFILE, (body) => condition(body, 'Available')?.status === 'False');
    expect(condition(sick, 'Progressing')?.reason).toBe('NewReplicaSetAvailable');
    expect(at(sick, 'metadata', 'generation')).toBe(3);
    const events = list((await call(cluster, 'GET', `/api/v1/namespaces/${namespace}/events`)).body.items);
    expect(events.some((event) => event.reason === 'BackOff' && event.type === 'Warning')).toBe(true);
    await control(cluster, { op: 'heal', namespace, name: 'user-profile-service' });
    await rolledOut(cluster, PROFILE);
  });

  it('touches the status a hundred times and leaves the spec alone', async () => {
    const before = (await call(cluster, 'GET', PROFILE)).body;
    await control(cluster, { op: 'touch-status', namespace, name: 'user-profile-service', times: 100 });
    const after = (await call(cluster, 'GET', PROFILE)).body;
    expect(
      Number(at(after, 'metadata', 'resourceVersion')) - Number(at(before, 'metadata', 'resourceVersion')),
    ).toBeGreaterThanOrEqual(199);
    expect([after.spec, at(after, 'metadata', 'generation')]).toEqual([
      before.spec,
      at(before, 'metadata', 'generation'),
    ]);
  });

  it('stalls a rollout until it is healed', async () => {
    await control(cluster, { op: 'stall-rollout', namespace, name: 'user-profile-service' });
    await image('2.5.0', { progressDeadlineSeconds: 1 });
    await until(
      cluster,
      PROFILE,
      (body) => condition(body, 'Progressing')?.reason === 'ProgressDeadlineExceeded',
    );
    await control(cluster, { op: 'heal', namespace, name: 'user-profile-service' });
    const healed = await rolledOut(cluster, PROFILE);
    expect(condition(healed, 'Progressing')?.status).toBe('True');
  });

  it('crashes only the pods of now when a restart is to heal them', async () => {
    await control(cluster, { op: 'crash', until: 'restart', namespace, name: 'user-profile-service' });
    await until(cluster, PROFILE, (body) => condition(body, 'Available')?.status === 'False');
    await restart('2026-11-22T01:00:00Z');
    const healed = await rolledOut(cluster, PROFILE);
    expect(at(healed, 'status', 'availableReplicas')).toBe(3);
  });

  it('changes image and replicas behind the back of the product, and shows it', async () => {
    await control(cluster, {
      op: 'set-image',
      namespace,
      name: 'user-profile-service',
      image: 'exalt/user-profile-service:2.6.0',
    });
    await control(cluster, { op: 'set-replicas', namespace, name: 'user-profile-service', replicas: 2 });
    await rolledOut(cluster, PROFILE);
    const state = await (await fetch(`${cluster.url}/control/cluster`)).json();
    expect(list(at(state, 'deployments')).find((one) => one.name === 'user-profile-service')).toMatchObject({
      desired: 2,
      available: 2,
      revision: 4,
      image: 'exalt/user-profile-service:2.6.0',
      progress: 'NewReplicaSetAvailable',
    });
    expect((await control(cluster, { op: 'explode', namespace, name: 'x' })).status).toBe(400);
    expect((await control(cluster, { op: 'crash', namespace, name: 'x' })).status).toBe(404);
  });

  it('tells the page which deployment changed', async () => {
    const told: unknown[] = [];
    cluster.world.events.subscribe((event) => {
      if (event.type === 'cluster') told.push(event.deployments);
    });
    await restart('2026-11-22T01:00:00Z');
    await rolledOut(cluster, PROFILE);
    await vi.waitFor(() => expect(told).toContainEqual([{ namespace, name: 'user-profile-service' }]));
  });
});

it('an autoscaler brings a deployment back within its bounds', async () => {
  const path = '/apis/apps/v1/namespaces/fittracker/deployments/user-service';
  await call(cluster, 'PATCH', `${path}/scale`, { spec: { replicas: 9 } });
  await until(cluster, path, (body) => at(body, 'spec', 'replicas') === 6);
  await call(cluster, 'PATCH', `${path}/scale`, { spec: { replicas: 0 } });
  await until(cluster, path, (body) => at(body, 'status', 'replicas') === undefined);
  expect(at((await call(cluster, 'GET', path)).body, 'spec', 'replicas')).toBe(0);
});
