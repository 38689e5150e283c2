import { randomUUID } from 'node:crypto';

import type { ClusterParts } from './cluster-parts.ts';
import { kubeTime } from './kube-time.ts';
import type { Deployment, Meta, Pod, PodTemplate } from './objects.ts';
import { newPod } from './replica-set-controller.ts';
import { markReady, run } from './pod-status.ts';
import { REVISION } from './pod-template.ts';
import { newReplicaSet } from './revisions.ts';
import { NAMESPACES, SERVICES, type SeedService } from './seed-services.ts';

const DAY = 24 * 60 * 60 * 1000;

/** The first day of the cluster: the services of the guides, all healthy. */
export function seedCluster(parts: ClusterParts): void {
  for (const name of NAMESPACES) {
    parts.store.create('namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { ...meta(parts, name, 120), labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }
  for (const service of SERVICES) seedService(parts, service);
}

function seedService(parts: ClusterParts, service: SeedService): void {
  const identity = meta(parts, service.name, 90, service.namespace);
  service.revisions.forEach((revision, index) => {
    const last = index === service.revisions.length - 1;
    const time = kubeTime(parts.now() - revision.daysAgo * DAY);
    const deployment = deploymentOf(identity, service, index);
    const replicas = last ? service.replicas : 0;
    const empty = newReplicaSet(deployment, String(index + 1), time);
    const replicaSet = parts.store.create('replicasets', { ...empty, spec: { ...empty.spec, replicas } });
    if (!last) return;
    parts.store.create('deployments', deployment);
    for (let made = 0; made < replicas; made += 1)
      parts.store.create('pods', readyPod(newPod(parts, replicaSet, time), time));
  });
  if (service.minAvailable !== undefined) seedBudget(parts, service, service.minAvailable);
  if (service.autoscaler) seedAutoscaler(parts, service, service.autoscaler);
}

function deploymentOf(identity: Meta, service: SeedService, index: number): Deployment {
  const revision = service.revisions[index];
  const cause = revision?.cause === undefined ? {} : { 'kubernetes.io/change-cause': revision.cause };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...identity,
      generation: index + 1,
      labels: { app: service.name },
      annotations: { ...cause, [REVISION]: String(index + 1) },
    },
    spec: {
      replicas: service.replicas,
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      selector: { matchLabels: { app: service.name } },
      strategy:
        service.strategy === 'Recreate'
          ? { type: 'Recreate' }
          : { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: templateOf(service, revision?.image ?? ''),
    },
    status: {},
  };
}

/** A template as the API server would have completed it. */
function templateOf(service: SeedService, image: string): PodTemplate {
  const env = Object.entries(service.env).map(([name, value]) => ({ name, value }));
  const container = {
    name: service.container,
    image,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ containerPort: service.port, name: 'http', protocol: 'TCP' }],
    ...(env.length > 0 ? { env } : {}),
    resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
    readinessProbe: {
      httpGet: { path: service.health, port: 'http', scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 5,
      successThreshold: 1,
      failureThreshold: 3,
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  };
  return {
    metadata: { labels: { app: service.name } },
    spec: {
      containers: [container],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      securityContext: {},
    },
  };
}

function readyPod(pod: Pod, time: string): Pod {
  run(pod, time);
  markReady(pod, time);
  return pod;
}

function seedBudget(parts: ClusterParts, service: SeedService, minAvailable: number): void {
  parts.store.create('poddisruptionbudgets', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { ...meta(parts, service.name, 90, service.namespace), generation: 1 },
    spec: { minAvailable, selector: { matchLabels: { app: service.name } } },
    status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
  });
}

function seedAutoscaler(
  parts: ClusterParts,
  service: SeedService,
  bounds: { min: number; max: number },
): void {
  const target = { type: 'Utilization', averageUtilization: 70 };
  parts.store.create('horizontalpodautoscalers', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: meta(parts, service.name, 90, service.namespace),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: service.name },
      minReplicas: bounds.min,
      maxReplicas: bounds.max,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
    },
    status: {
      currentReplicas: service.replicas,
      desiredReplicas: service.replicas,
      currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 42 } } }],
      conditions: [],
    },
  });
}

function meta(parts: ClusterParts, name: string, daysAgo: number, namespace?: string): Meta {
  return {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: randomUUID(),
    resourceVersion: '',
    creationTimestamp: kubeTime(parts.now() - daysAgo * DAY),
  };
}
