import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import type { Cluster } from './cluster.ts';
import { deploymentOf, ownerOf } from './cluster-parts.ts';
import { conditionOf } from './deployment-status.ts';
import type { Deployment, Pod } from './objects.ts';
import { podReason } from './pod-reason.ts';
import { isReady } from './pod-status.ts';
import { templateHash } from './pod-template.ts';
import { revisionOf } from './revisions.ts';

const common = { namespace: z.string(), name: z.string() };

/** What a person at the page, or a test, may do to the cluster behind the product's back. */
const operationSchema = z.discriminatedUnion('op', [
  z.object({
    ...common,
    op: z.literal('set-image'),
    image: z.string().min(1),
    container: z.string().optional(),
  }),
  z.object({ ...common, op: z.literal('crash'), until: z.enum(['heal', 'restart']).default('heal') }),
  z.object({ ...common, op: z.literal('heal') }),
  z.object({ ...common, op: z.literal('set-replicas'), replicas: z.int().min(0) }),
  z.object({ ...common, op: z.literal('touch-status'), times: z.int().min(1).max(10_000).default(1) }),
  z.object({ ...common, op: z.literal('stall-rollout') }),
]);

type Operation = z.infer<typeof operationSchema>;

/** GET and POST /control/cluster. */
export function registerClusterControl(app: FastifyInstance, cluster: Cluster): void {
  app.get('/control/cluster', () => clusterState(cluster));
  app.post('/control/cluster', async (request, reply) => {
    const operation = operationSchema.safeParse(request.body);
    if (!operation.success) return reply.code(400).send({ error: z.prettifyError(operation.error) });
    const { namespace, name } = operation.data;
    const deployment = cluster.store.get('deployments', namespace, name);
    if (!deployment) return reply.code(404).send({ error: `There is no deployment ${namespace}/${name}.` });
    perform(cluster, deployment, operation.data);
    return {
      deployment: shownDeployment(cluster, cluster.store.get('deployments', namespace, name) ?? deployment),
    };
  });
}

function perform(cluster: Cluster, deployment: Deployment, operation: Operation): void {
  const { namespace, name } = operation;
  switch (operation.op) {
    case 'set-image':
      cluster.store.update('deployments', deployment, (draft) => {
        const { containers } = draft.spec.template.spec;
        const container = containers.find((one) => one.name === operation.container) ?? containers[0];
        if (container) container.image = operation.image;
      });
      return;
    case 'set-replicas':
      cluster.store.update('deployments', deployment, (draft) => {
        draft.spec.replicas = operation.replicas;
      });
      return;
    case 'touch-status':
      touchStatus(cluster, deployment, operation.times);
      return;
    case 'crash':
      cluster.setTrouble(namespace, name, {
        stall: cluster.troubles.get(`${namespace}/${name}`)?.stall === true,
        crash: true,
        ...(operation.until === 'restart' ? { crashOnly: templateHash(deployment.spec.template) } : {}),
      });
      return;
    case 'stall-rollout':
      cluster.setTrouble(namespace, name, { ...cluster.troubles.get(`${namespace}/${name}`), stall: true });
      return;
    case 'heal':
      cluster.setTrouble(namespace, name, {});
  }
}

/** Status writes that change no spec: new versions of the deployment and of one of its pods, as in a crash loop. */
function touchStatus(cluster: Cluster, deployment: Deployment, times: number): void {
  const pod = cluster.store
    .list('pods', deployment.metadata.namespace)
    .find((one) => deploymentOf(cluster, one) === deployment.metadata.name);
  for (let touch = 0; touch < times; touch += 1) {
    cluster.store.update('deployments', deployment, () => undefined, true);
    if (!pod) continue;
    cluster.store.update('pods', pod, (draft) => {
      for (const status of draft.status.containerStatuses) status.restartCount += 1;
    });
  }
}

function clusterState(cluster: Cluster) {
  const { store } = cluster;
  return {
    namespaces: store.list('namespaces').map((one) => one.metadata.name),
    deployments: store.list('deployments').map((one) => shownDeployment(cluster, one)),
    replicasets: store.list('replicasets').map((one) => ({
      namespace: one.metadata.namespace,
      name: one.metadata.name,
      deployment: ownerOf(one, 'Deployment'),
      revision: revisionOf(one),
      image: one.spec.template.spec.containers[0]?.image,
      desired: one.spec.replicas,
      replicas: one.status.replicas,
      ready: one.status.readyReplicas ?? 0,
    })),
    pods: store.list('pods').map((one) => shownPod(cluster, one)),
  };
}

function shownDeployment(cluster: Cluster, one: Deployment) {
  const { namespace, name, generation, annotations } = one.metadata;
  const progress = conditionOf(one, 'Progressing');
  const restartedAt = one.spec.template.metadata?.annotations?.['kubectl.kubernetes.io/restartedAt'];
  return {
    namespace,
    name,
    generation,
    observedGeneration: one.status.observedGeneration,
    revision: revisionOf({ metadata: { annotations } }),
    image: one.spec.template.spec.containers[0]?.image,
    desired: one.spec.replicas,
    replicas: one.status.replicas ?? 0,
    updated: one.status.updatedReplicas ?? 0,
    ready: one.status.readyReplicas ?? 0,
    available: one.status.availableReplicas ?? 0,
    paused: one.spec.paused === true,
    progress: progress?.reason,
    ...(restartedAt === undefined ? {} : { restartedAt }),
    trouble: cluster.troubles.get(`${namespace}/${name}`) ?? {},
  };
}

function shownPod(cluster: Cluster, one: Pod) {
  return {
    namespace: one.metadata.namespace,
    name: one.metadata.name,
    deployment: deploymentOf(cluster, one),
    image: one.spec.containers[0]?.image,
    status: podReason(one),
    ready: isReady(one),
    restarts: one.status.containerStatuses[0]?.restartCount ?? 0,
    created: one.metadata.creationTimestamp,
  };
}
