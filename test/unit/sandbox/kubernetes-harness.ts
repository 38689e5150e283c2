import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Fastify from 'fastify';
import { vi } from 'vitest';

import { registerKubernetes } from '../../../sandbox/kubernetes/register.ts';
import { readSettings } from '../../../sandbox/settings.ts';
import { createWorld, type World } from '../../../sandbox/world.ts';

export type RunningCluster = {
  url: string;
  folder: string;
  world: World;
  stop: () => Promise<void>;
};

export type Answer = { status: number; headers: Headers; body: Json };
export type Json = Record<string, unknown>;

/** The sandbox cluster alone on a free port, with pods that take `rolloutMs` to become ready. */
export async function startCluster(
  options: { folder?: string; rolloutMs?: number } = {},
): Promise<RunningCluster> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'tocsin-cluster-'));
  const settings = readSettings({ SANDBOX_PORT: '0', SANDBOX_DATA: folder, SANDBOX_LIMIT_SCALE: '0' });
  const world = createWorld({ ...settings, rolloutMs: options.rolloutMs ?? 60 });
  const app = Fastify({ forceCloseConnections: true });
  app.addHook('onListen', () => {
    const address = app.server.address();
    if (address !== null && typeof address === 'object') world.url = `http://127.0.0.1:${address.port}`;
  });
  registerKubernetes(app, world);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url: world.url,
    folder,
    world,
    stop: async () => {
      for (const stop of world.onStop) stop();
      await app.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const PROFILE = '/apis/apps/v1/namespaces/exalt-shared/deployments/user-profile-service';
export const MERGE = 'application/merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';

/** One plain call of the cluster's API. */
export async function call(
  cluster: RunningCluster,
  method: string,
  path: string,
  body?: unknown,
  contentType = MERGE,
): Promise<Answer> {
  const response = await fetch(`${cluster.url}/kubernetes${path}`, {
    method,
    headers: {
      authorization: 'Bearer sandbox',
      ...(body === undefined ? {} : { 'content-type': contentType }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json: unknown = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : { text };
  return { status: response.status, headers: response.headers, body: record(json) };
}

export async function control(cluster: RunningCluster, operation: Json): Promise<Answer> {
  const response = await fetch(`${cluster.url}/control/cluster`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(operation),
  });
  return { status: response.status, headers: response.headers, body: record(await response.json()) };
}

/** A value deep in an answer: `at(body, 'spec', 'replicas')`. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let found = value;
  for (const key of path) found = Array.isArray(found) ? found[Number(key)] : record(found)[key];
  return found;
}

export function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(record) : [];
}

export function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

export function condition(deployment: unknown, type: string): Json | undefined {
  return list(at(deployment, 'status', 'conditions')).find((one) => one.type === type);
}

/** Waits until the object at that path satisfies the test. */
export async function until(
  cluster: RunningCluster,
  path: string,
  test: (body: Json) => boolean,
): Promise<Json> {
  return vi.waitFor(
    async () => {
      const { body } = await call(cluster, 'GET', path);
      if (!test(body)) throw new Error(`not yet: ${JSON.stringify(at(body, 'status') ?? body)}`);
      return body;
    },
    { timeout: 10_000, interval: 15 },
  );
}

/** Waits until the rollout of the newest spec is through, and gives the deployment. */
export function rolledOut(cluster: RunningCluster, path: string): Promise<Json> {
  return until(cluster, path, (body) => {
    const wanted = at(body, 'spec', 'replicas');
    const counts = ['replicas', 'updatedReplicas', 'availableReplicas'].map(
      (name) => at(body, 'status', name) ?? 0,
    );
    return (
      at(body, 'status', 'observedGeneration') === at(body, 'metadata', 'generation') &&
      counts.every((count) => count === wanted) &&
      condition(body, 'Progressing')?.reason === 'NewReplicaSetAvailable'
    );
  });
}
