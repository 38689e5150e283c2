import { setTimeout as delay } from 'node:timers/promises';

import { type KubernetesObject, KubeConfig, Watch } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import {
  at,
  call,
  control,
  type Json,
  PROFILE,
  record,
  rolledOut,
  type RunningCluster,
  startCluster,
} from './kubernetes-harness.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/exalt-shared/deployments';
const PODS = '/api/v1/namespaces/exalt-shared/pods';
const name = { namespace: 'exalt-shared', name: 'user-profile-service' };
let cluster: RunningCluster;

beforeEach(async () => {
  cluster = await startCluster();
  await rolledOut(cluster, PROFILE);
});

afterEach(() => cluster.stop());

type Seen = { events: { type: string; object: Json }[]; ended: Promise<unknown>; abort: () => void };

async function watch(path: string, query: Record<string, string | number | boolean> = {}): Promise<Seen> {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: `${cluster.url}/kubernetes`, skipTLSVerify: true }],
    users: [{ name: 'u', token: 'sandbox' }],
    contexts: [{ name: 'c', cluster: 'c', user: 'u' }],
    currentContext: 'c',
  });
  const events: Seen['events'] = [];
  let end: (why: unknown) => void = () => undefined;
  const ended = new Promise<unknown>((resolve) => {
    end = resolve;
  });
  const controller = await new Watch(config).watch(
    path,
    query,
    (type: string, object: KubernetesObject) => events.push({ type, object: record(object) }),
    (why: unknown) => end(why),
  );
  return { events, ended, abort: () => controller.abort() };
}

async function version(path = DEPLOYMENTS): Promise<string> {
  return String(at((await call(cluster, 'GET', path)).body, 'metadata', 'resourceVersion'));
}

describe('a watch', () => {
  it('starts with what exists when no version is asked', async () => {
    const seen = await watch(PODS);
    await vi.waitFor(() =>
      expect(seen.events.map((event) => event.type)).toEqual(['ADDED', 'ADDED', 'ADDED']),
    );
    seen.abort();
  });

  it('goes on after a list without a gap, each change once and in order', async () => {
    const from = await version();
    await call(cluster, 'PATCH', PROFILE, { metadata: { labels: { step: 'one' } } });
    const seen = await watch(DEPLOYMENTS, {
      resourceVersion: from,
      fieldSelector: 'metadata.name=user-profile-service',
    });
    await call(cluster, 'PATCH', PROFILE, { metadata: { labels: { step: 'two' } } });
    await vi.waitFor(() =>
      expect(seen.events.map((event) => at(event.object, 'metadata', 'labels', 'step'))).toEqual([
        'one',
        'two',
      ]),
    );
    const versions = seen.events.map((event) => Number(at(event.object, 'metadata', 'resourceVersion')));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    seen.abort();
  });

  it('shows an object that stops matching its selector as deleted', async () => {
    await call(cluster, 'PATCH', PROFILE, { metadata: { labels: { tier: 'one' } } });
    const seen = await watch(DEPLOYMENTS, { resourceVersion: await version(), labelSelector: 'tier=one' });
    await call(cluster, 'PATCH', PROFILE, { metadata: { labels: { tier: 'two' } } });
    await call(cluster, 'PATCH', PROFILE, { metadata: { labels: { tier: 'one' } } });
    await vi.waitFor(() => expect(seen.events.map((event) => event.type)).toEqual(['DELETED', 'ADDED']));
    seen.abort();
  });

  it('ends after timeoutSeconds', async () => {
    const seen = await watch(DEPLOYMENTS, { resourceVersion: await version(), timeoutSeconds: 1 });
    await seen.ended;
    expect(seen.events).toEqual([]);
  });

  it('gets 410 for a version that is too old, and for one that never was', async () => {
    const old = await version();
    await control(cluster, { op: 'touch-status', ...name, times: 600 });
    for (const resourceVersion of [old, '1', '99999999']) {
      const seen = await watch(DEPLOYMENTS, { resourceVersion });
      await seen.ended;
      expect(seen.events).toEqual([
        { type: 'ERROR', object: expect.objectContaining({ kind: 'Status', code: 410, reason: 'Expired' }) },
      ]);
    }
  });

  it('sends tables to a client that asks for them', async () => {
    const response = await fetch(`${cluster.url}/kubernetes${PODS}?watch=1&timeoutSeconds=1`, {
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
    });
    const [first = ''] = (await response.text()).split('\n');
    expect(at(JSON.parse(first), 'object', 'kind')).toBe('Table');
    expect(at(JSON.parse(first), 'object', 'rows', 0, 'cells', 2)).toBe('Running');
  });
});

describe('faults of watches', () => {
  it('drop_watch cuts a watch that is open already', async () => {
    const seen = await watch(DEPLOYMENTS, { resourceVersion: await version() });
    cluster.world.faults.arm({
      target: `kubernetes:WATCH ${DEPLOYMENTS}`,
      fault: { kind: 'drop_watch' },
      times: 1,
    });
    await seen.ended;
    expect(cluster.world.faults.list()).toEqual([]);
    expect(seen.events).toEqual([]);
  });

  it('watch_gone says 410 first, and leaves plain reads alone', async () => {
    const seen = await watch(DEPLOYMENTS, { resourceVersion: await version() });
    cluster.world.faults.arm({
      target: 'kubernetes:GET /apis/apps/v1',
      fault: { kind: 'watch_gone' },
      times: 1,
    });
    expect((await call(cluster, 'GET', PROFILE)).status).toBe(200);
    await seen.ended;
    expect(seen.events).toMatchObject([{ type: 'ERROR', object: { code: 410 } }]);
  });

  it('half_open leaves it open and silent', async () => {
    const seen = await watch(DEPLOYMENTS, { resourceVersion: await version() });
    cluster.world.faults.arm({ target: 'kubernetes:WATCH *', fault: { kind: 'half_open' }, times: 1 });
    await vi.waitFor(() => expect(cluster.world.faults.list()).toEqual([]));
    const other = await watch(DEPLOYMENTS, { resourceVersion: await version() });
    await call(cluster, 'PATCH', PROFILE, { metadata: { labels: { step: 'one' } } });
    await vi.waitFor(() => expect(other.events).toHaveLength(1));
    expect(seen.events).toEqual([]);
    expect(await Promise.race([seen.ended, delay(0, 'still open')])).toBe('still open');
    seen.abort();
    other.abort();
  });
});
