import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import {
  at,
  call,
  control,
  list,
  PROFILE,
  rolledOut,
  type RunningCluster,
  startCluster,
  STRATEGIC,
  until,
} from './kubernetes-harness.ts';

const PODS = '/api/v1/namespaces/exalt-shared/pods';
const running: RunningCluster[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-cluster-'));
});

afterEach(async () => {
  for (const cluster of running.splice(0)) await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(rolloutMs?: number): Promise<RunningCluster> {
  const cluster = await startCluster({ folder, ...(rolloutMs === undefined ? {} : { rolloutMs }) });
  running.push(cluster);
  return cluster;
}

it('goes on after a kill where it was: objects, a rollout under way, trouble', async () => {
  const first = await start(60_000);
  const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-22T01:00:00Z' };
  const patched = await call(
    first,
    'PATCH',
    PROFILE,
    { spec: { template: { metadata: { annotations } } } },
    STRATEGIC,
  );
  await control(first, { op: 'crash', namespace: 'profile-api', name: 'profile-api' });
  await until(first, PODS, (body) => list(body.items).length === 4);
  // Nothing is stopped in an orderly way: the second one reads what the first had written by then.
  const second = await start(60);
  const found = await rolledOut(second, PROFILE);
  expect(at(found, 'metadata', 'uid')).toBe(at(patched.body, 'metadata', 'uid'));
  expect(at(found, 'metadata', 'generation')).toBe(at(patched.body, 'metadata', 'generation'));
  expect(at(found, 'spec', 'template', 'metadata', 'annotations')).toEqual(annotations);
  const pods = await until(second, PODS, (body) => list(body.items).length === 3);
  expect(list(pods.items)).toHaveLength(3);
  await until(
    second,
    '/api/v1/namespaces/profile-api/pods',
    (body) => Number(at(body.items, 0, 'status', 'containerStatuses', 0, 'restartCount')) > 0,
  );
});

it('knows no version from before the restart, and never gives one out twice', async () => {
  const first = await start();
  const before = await rolledOut(first, PROFILE);
  const old = String(at((await call(first, 'GET', PODS)).body, 'metadata', 'resourceVersion'));
  const second = await start();
  const response = await fetch(`${second.url}/kubernetes${PODS}?watch=1&resourceVersion=${old}`);
  expect(JSON.parse(await response.text())).toMatchObject({ type: 'ERROR', object: { code: 410 } });
  const next = await call(second, 'PATCH', PROFILE, { metadata: { labels: { x: 'y' } } });
  expect(Number(at(next.body, 'metadata', 'resourceVersion'))).toBeGreaterThan(Number(old));
  expect(at(next.body, 'metadata', 'uid')).toBe(at(before, 'metadata', 'uid'));
});

it('is as on the first day after a reset', async () => {
  const cluster = await start();
  const before = await rolledOut(cluster, PROFILE);
  await call(cluster, 'PATCH', PROFILE, { spec: { replicas: 5 } });
  await control(cluster, { op: 'crash', namespace: 'exalt-shared', name: 'user-profile-service' });
  cluster.world.journal.reset();
  for (const reset of cluster.world.onReset) reset();
  const after = await rolledOut(cluster, PROFILE);
  expect(at(after, 'spec', 'replicas')).toBe(3);
  expect(Number(at(after, 'metadata', 'resourceVersion'))).toBeGreaterThan(
    Number(at(before, 'metadata', 'resourceVersion')),
  );
  const pods = list((await call(cluster, 'GET', PODS)).body.items);
  expect(pods).toHaveLength(3);
});
