import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  PolicyV1Api,
  setHeaderOptions,
  VersionApi,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  at,
  call,
  JSON_PATCH,
  list,
  MERGE,
  PROFILE,
  type RunningCluster,
  startCluster,
  STRATEGIC,
  until,
} from './kubernetes-harness.ts';

const target = { namespace: 'exalt-shared', name: 'user-profile-service' };
let cluster: RunningCluster;
let config: KubeConfig;
let apps: AppsV1Api;
let core: CoreV1Api;

beforeAll(async () => {
  cluster = await startCluster();
  config = new KubeConfig();
  config.loadFromFile(join(cluster.folder, 'kubeconfig'));
  apps = config.makeApiClient(AppsV1Api);
  core = config.makeApiClient(CoreV1Api);
  await until(cluster, PROFILE, (body) => at(body, 'status', 'availableReplicas') === 3);
});

afterAll(() => cluster.stop());

async function refusal(
  request: Promise<unknown>,
): Promise<{ code: number; status: Record<string, unknown> }> {
  try {
    await request;
  } catch (error) {
    if (error instanceof ApiException) return { code: error.code, status: JSON.parse(String(error.body)) };
    throw error;
  }
  throw new Error('the request was not refused');
}

const generation = async (): Promise<number | undefined> =>
  (await apps.readNamespacedDeployment(target)).metadata?.generation;

describe('through the Kubernetes client and the kubeconfig that the sandbox wrote', () => {
  it('names the sandbox context and the version', async () => {
    expect(config.getCurrentContext()).toBe('sandbox');
    expect(readFileSync(join(cluster.folder, 'kubeconfig'), 'utf8')).toContain(`${cluster.url}/kubernetes`);
    expect((await config.makeApiClient(VersionApi).getCode()).minor).toBe('32');
  });

  it('has the services of the guides, healthy', async () => {
    const found = await apps.listDeploymentForAllNamespaces();
    const shown = found.items.map(
      (one) =>
        `${one.metadata?.namespace}/${one.metadata?.name} ${one.spec?.replicas} ${one.spec?.strategy?.type}`,
    );
    expect(shown).toEqual([
      'exalt-shared/user-profile-service 3 RollingUpdate',
      'fittracker/user-service 2 RollingUpdate',
      'integration-deployment/integration-deployment 3 RollingUpdate',
      'jivs-platform/jivs-backend 3 RollingUpdate',
      'jivs-platform/jivs-frontend 2 RollingUpdate',
      'profile-api/profile-api 1 Recreate',
    ]);
    expect(found.items.every((one) => one.status?.availableReplicas === one.spec?.replicas)).toBe(true);
    const sets = await apps.listNamespacedReplicaSet({ namespace: 'exalt-shared' });
    const revisions = sets.items.map(
      (one) => one.metadata?.annotations?.['deployment.kubernetes.io/revision'],
    );
    expect(new Set(revisions)).toEqual(new Set(['1', '2', '3']));
    const budget = await config.makeApiClient(PolicyV1Api).readNamespacedPodDisruptionBudget(target);
    expect(budget.status).toMatchObject({ currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1 });
  });

  it('selects by label and by field', async () => {
    const pods = (labelSelector: string, fieldSelector?: string) =>
      core.listPodForAllNamespaces({
        labelSelector,
        ...(fieldSelector === undefined ? {} : { fieldSelector }),
      });
    expect((await pods('app=jivs-backend')).items).toHaveLength(3);
    expect((await pods('app in (jivs-backend, jivs-frontend)')).items).toHaveLength(5);
    expect((await pods('app,app notin (jivs-backend),app!=jivs-frontend')).items).toHaveLength(9);
    expect((await pods('!app')).items).toHaveLength(0);
    expect((await pods('app', 'status.phase!=Running')).items).toHaveLength(0);
    const [first] = (await pods('app=profile-api')).items;
    const byName = await pods('app', `metadata.name=${first?.metadata?.name}`);
    expect(byName.items).toHaveLength(1);
    expect((await refusal(pods('app=='.concat('a b')))).code).toBe(400);
  });

  it('pages a list', async () => {
    const first = await core.listPodForAllNamespaces({ limit: 9 });
    expect(first.items).toHaveLength(9);
    const next = first.metadata?._continue ?? '';
    const second = await core.listPodForAllNamespaces({ limit: 9, _continue: next });
    expect(first.metadata?.remainingItemCount).toBe(5);
    const names = [...first.items, ...second.items].map((one) => one.metadata?.name);
    expect(new Set(names).size).toBe(14);
  });

  it('answers a Status for what is not there', async () => {
    const { code, status } = await refusal(apps.readNamespacedDeployment({ ...target, name: 'nope' }));
    expect(code).toBe(404);
    expect(status).toMatchObject({
      kind: 'Status',
      reason: 'NotFound',
      message: 'deployments.apps "nope" not found',
    });
  });

  it('applies each kind of patch, and counts the generation by spec changes only', async () => {
    const before = (await generation()) ?? 0;
    const label = { metadata: { labels: { team: 'profiles' } } };
    const labelled = await apps.patchNamespacedDeployment(
      { ...target, body: label },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    expect(labelled.metadata?.generation).toBe(before);
    const env = {
      spec: {
        template: {
          spec: {
            containers: [{ name: 'user-profile-service', env: [{ name: 'LOG_LEVEL', value: 'DEBUG' }] }],
          },
        },
      },
    };
    const strategic = await apps.patchNamespacedDeployment(
      { ...target, body: env },
      setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
    );
    expect(strategic.metadata?.generation).toBe(before + 1);
    expect(strategic.spec?.template.spec?.containers[0]).toMatchObject({
      image: 'exalt/user-profile-service:2.4.1',
      env: [
        { name: 'SPRING_PROFILES_ACTIVE', value: 'production' },
        { name: 'LOG_LEVEL', value: 'DEBUG' },
      ],
    });
    const operations = [
      { op: 'replace', path: '/spec/template/spec/containers/0/env/1/value', value: 'INFO' },
    ];
    const json = await apps.patchNamespacedDeployment(
      { ...target, body: operations },
      setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
    );
    expect(json.metadata?.generation).toBe(before + 2);
    const again = await apps.patchNamespacedDeployment(
      { ...target, body: label },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    expect(again.metadata?.generation).toBe(before + 2);
  });

  it('refuses a write on a version that has passed', async () => {
    const stale = await apps.readNamespacedDeployment(target);
    await call(cluster, 'PATCH', PROFILE, { metadata: { annotations: { touched: 'yes' } } });
    const { code, status } = await refusal(apps.replaceNamespacedDeployment({ ...target, body: stale }));
    expect(code).toBe(409);
    expect(status.reason).toBe('Conflict');
    const patch = { metadata: { resourceVersion: stale.metadata?.resourceVersion }, spec: { replicas: 9 } };
    expect((await call(cluster, 'PATCH', PROFILE, patch)).status).toBe(409);
    const fresh = await apps.readNamespacedDeployment(target);
    Object.assign(fresh.metadata ?? {}, { annotations: { put: 'yes' } });
    const stored = await apps.replaceNamespacedDeployment({ ...target, body: fresh });
    expect(stored.metadata?.annotations?.put).toBe('yes');
  });

  it('reads and sets the scale', async () => {
    const frontend = { namespace: 'jivs-platform', name: 'jivs-frontend' };
    const scaled = await apps.patchNamespacedDeploymentScale(
      { ...frontend, body: { spec: { replicas: 4 } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    expect(scaled.spec?.replicas).toBe(4);
    const deployment = '/apis/apps/v1/namespaces/jivs-platform/deployments/jivs-frontend';
    await until(cluster, deployment, (body) => at(body, 'status', 'availableReplicas') === 4);
    const scale = await apps.readNamespacedDeploymentScale(frontend);
    expect(scale.status).toMatchObject({ replicas: 4, selector: 'app=jivs-frontend' });
    await apps.replaceNamespacedDeploymentScale({
      ...frontend,
      body: Object.assign(scale, { spec: { replicas: 2 } }),
    });
    await until(cluster, deployment, (body) => at(body, 'status', 'replicas') === 2);
    const stale = await refusal(
      apps.replaceNamespacedDeploymentScale({
        ...frontend,
        body: Object.assign(scale, { spec: { replicas: 3 } }),
      }),
    );
    expect(stale.code).toBe(409);
    expect((await call(cluster, 'PATCH', `${deployment}/scale`, { spec: { replicas: -1 } })).status).toBe(
      422,
    );
    expect((await call(cluster, 'PATCH', `${deployment}/scale`, { spec: { replicas: '3' } })).status).toBe(
      400,
    );
  });

  it('replaces a deleted pod', async () => {
    const selector = { namespace: 'jivs-platform', labelSelector: 'app=jivs-backend' };
    const [victim] = (await core.listNamespacedPod(selector)).items;
    const name = victim?.metadata?.name ?? '';
    const deleted = await core.deleteNamespacedPod({ namespace: 'jivs-platform', name });
    expect(deleted.metadata).toMatchObject({ name, deletionTimestamp: expect.any(Date) });
    const path = '/api/v1/namespaces/jivs-platform/pods?labelSelector=app%3Djivs-backend';
    const after = await until(cluster, path, (body) => {
      const pods = list(body.items);
      const gone = pods.every((pod) => at(pod, 'metadata', 'name') !== name);
      return (
        gone &&
        pods.length === 3 &&
        pods.every((pod) => at(pod, 'status', 'containerStatuses', 0, 'ready') === true)
      );
    });
    expect(list(after.items)).toHaveLength(3);
  });

  it('prints the tail of a log, the same for two readers', async () => {
    const [pod] = (await core.listNamespacedPod({ namespace: 'fittracker' })).items;
    const request = { namespace: 'fittracker', name: pod?.metadata?.name ?? '', tailLines: 5 };
    const log = await core.readNamespacedPodLog(request);
    expect(log.trimEnd().split('\n')).toHaveLength(5);
    expect(log).toMatch(/^\d{4}-\d\d-\d\dT\S+ (INFO|WARN|ERROR)/);
    expect(await core.readNamespacedPodLog({ ...request, tailLines: 2 })).toBe(
      log.split('\n').slice(3).join('\n'),
    );
    expect((await refusal(core.readNamespacedPodLog({ ...request, container: 'nope' }))).code).toBe(400);
    expect((await refusal(core.readNamespacedPodLog({ ...request, previous: true }))).code).toBe(400);
  });
});

describe('over plain HTTP', () => {
  it('refuses what a real server refuses, with the field', async () => {
    const refused = async (body: unknown, type = MERGE): Promise<unknown[]> => {
      const answer = await call(cluster, 'PATCH', PROFILE, body, type);
      return [answer.status, answer.body.reason, at(answer.body, 'details', 'causes', 0, 'field')];
    };
    expect(await refused({ spec: { replicas: -2 } })).toEqual([422, 'Invalid', 'spec.replicas']);
    expect(await refused({ spec: { selector: { matchLabels: { app: 'other' } } } })).toEqual([
      422,
      'Invalid',
      'spec.template.metadata.labels',
    ]);
    const relabelled = {
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } } },
    };
    expect(await refused({ spec: relabelled })).toEqual([422, 'Invalid', 'spec.selector']);
    const noImage = { template: { spec: { containers: [{ name: 'a' }] } } };
    expect(await refused({ spec: noImage })).toEqual([
      422,
      'Invalid',
      'spec.template.spec.containers[0].image',
    ]);
    expect(await refused({ spec: { strategy: { type: 'Recreate' } } })).toEqual([
      422,
      'Invalid',
      'spec.strategy.rollingUpdate',
    ]);
    expect(await refused({ spec: { replicas: 'three' } })).toEqual([400, 'BadRequest', undefined]);
    expect(await refused('not json')).toEqual([400, 'BadRequest', undefined]);
    expect(await refused({ metadata: { name: 'other' } })).toEqual([400, 'BadRequest', undefined]);
    expect(await refused({}, 'application/apply-patch+yaml')).toEqual([
      415,
      'UnsupportedMediaType',
      undefined,
    ]);
    expect(await refused([{ op: 'test', path: '/spec/replicas', value: 99 }], JSON_PATCH)).toEqual([
      422,
      'Invalid',
      undefined,
    ]);
    const twice = {
      containers: [
        { name: 'a', image: 'a' },
        { name: 'a', image: 'b' },
      ],
    };
    expect(await refused([{ op: 'replace', path: '/spec/template/spec', value: twice }], JSON_PATCH)).toEqual(
      [422, 'Invalid', 'spec.template.spec.containers[1].name'],
    );
  });

  it('writes status and spec through separate doors', async () => {
    const before = (await call(cluster, 'GET', PROFILE)).body;
    const both = { spec: { replicas: 7 }, status: { collisionCount: 1 } };
    const byStatus = await call(cluster, 'PATCH', `${PROFILE}/status`, both);
    expect(at(byStatus.body, 'spec', 'replicas')).toBe(3);
    expect(at(byStatus.body, 'metadata', 'generation')).toBe(at(before, 'metadata', 'generation'));
    const byMain = await call(cluster, 'PATCH', PROFILE, { status: { collisionCount: 5 } });
    expect(at(byMain.body, 'status', 'collisionCount')).not.toBe(5);
  });

  it('stores nothing on a dry run', async () => {
    const before = (await call(cluster, 'GET', PROFILE)).body;
    const answer = await call(cluster, 'PATCH', `${PROFILE}?dryRun=All`, { spec: { replicas: 8 } });
    expect(at(answer.body, 'spec', 'replicas')).toBe(8);
    expect((await call(cluster, 'GET', PROFILE)).body).toEqual(before);
    expect(cluster.world.ledger.entries().at(-2)).toMatchObject({ ok: true, effect: false });
  });

  it('writes each call into the ledger, with the effect that it had', async () => {
    const restart = {
      spec: {
        template: {
          metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-11-22T01:00:00Z' } },
        },
      },
    };
    await call(cluster, 'PATCH', PROFILE, restart, STRATEGIC);
    await call(cluster, 'PATCH', PROFILE, restart, STRATEGIC);
    const [first, second] = cluster.world.ledger.entries({ method: `PATCH ${PROFILE}` }).slice(-2);
    expect(first).toMatchObject({
      ok: true,
      effect: true,
      status: 200,
      result: { generation: expect.any(Number) },
    });
    expect(second).toMatchObject({ ok: true, effect: false, status: 200 });
    expect(first?.args).toMatchObject({
      contentType: STRATEGIC,
      body: expect.stringContaining('restartedAt'),
    });
  });

  it('serves no path that it does not know, and keeps it in the ledger as it came', async () => {
    for (const path of [
      '/apis/apps/v1/namespaces/exalt-shared/deployments/a%2Fb/scale/x',
      '/apis/apps/v1/namespaces/exalt-shared%2Fdeployments',
      '/apis/apps/v1/namespaces//deployments/x',
      '/apis/apps/v1/deployments/user-profile-service',
      '/apis/batch/v1/jobs',
      '/openapi/v2',
      '/api/v1/secrets',
    ]) {
      expect([path, (await call(cluster, 'GET', path)).status]).toEqual([path, 404]);
      expect(cluster.world.ledger.entries().at(-1)?.method).toBe(`GET ${path}`);
    }
    expect((await call(cluster, 'GET', '/api/v1/namespaces/%zz/pods')).status).toBe(400);
    expect((await call(cluster, 'DELETE', '/api/v1/namespaces/exalt-shared/pods')).status).toBe(405);
  });

  it('refuses a wrong token', async () => {
    const response = await fetch(`${cluster.url}/kubernetes/api/v1/pods`, {
      headers: { authorization: 'Bearer wrong' },
    });
    expect(response.status).toBe(401);
  });

  it('creates and deletes a deployment with all that it owns', async () => {
    const path = '/apis/apps/v1/namespaces/default/deployments';
    const body = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'fresh' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'fresh' } },
        template: {
          metadata: { labels: { app: 'fresh' } },
          spec: { containers: [{ name: 'a', image: 'a:1' }] },
        },
      },
    };
    expect((await call(cluster, 'POST', path, 'k8s', 'application/vnd.kubernetes.protobuf')).status).toBe(
      415,
    );
    expect((await call(cluster, 'POST', path, body, 'application/json')).status).toBe(201);
    expect((await call(cluster, 'POST', path, body, 'application/json')).body.reason).toBe('AlreadyExists');
    await until(cluster, `${path}/fresh`, (found) => at(found, 'status', 'availableReplicas') === 2);
    expect((await call(cluster, 'DELETE', `${path}/fresh`)).body).toMatchObject({ status: 'Success' });
    await until(cluster, '/api/v1/namespaces/default/pods', (found) => list(found.items).length === 0);
    expect((await call(cluster, 'GET', '/apis/apps/v1/namespaces/default/replicasets')).body.items).toEqual(
      [],
    );
  });
});
