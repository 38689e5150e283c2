import { randomUUID } from 'node:crypto';

import { type ClusterParts, ownerOf } from './cluster-parts.ts';
import { kubeTime } from './kube-time.ts';
import type { Pod, ReplicaSet } from './objects.ts';
import { isReady, pendingStatus } from './pod-status.ts';
import { nameSuffix } from './pod-template.ts';

const COMPONENT = 'replicaset-controller';
const NODES = ['sandbox-worker-1', 'sandbox-worker-2', 'sandbox-worker-3'];

/** Makes the pods of one replica set as many as its spec says, and writes what it saw into its status. */
export function syncReplicaSet(parts: ClusterParts, replicaSet: ReplicaSet): void {
  const pods = activePods(parts, replicaSet);
  const missing = replicaSet.spec.replicas - pods.length;
  for (let made = 0; made < missing; made += 1) createPod(parts, replicaSet);
  for (const pod of leastWanted(pods).slice(0, Math.max(0, -missing))) {
    deletePod(parts, pod);
    parts.events.normal(replicaSet, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, COMPONENT);
  }
  writeStatus(parts, replicaSet);
}

/** Pods of the replica set that are not on their way out. */
export function activePods(parts: ClusterParts, replicaSet: ReplicaSet): Pod[] {
  return podsOf(parts, replicaSet).filter((pod) => pod.metadata.deletionTimestamp === undefined);
}

export function podsOf(parts: ClusterParts, replicaSet: ReplicaSet): Pod[] {
  return parts.store
    .list('pods', replicaSet.metadata.namespace)
    .filter((pod) => ownerOf(pod, 'ReplicaSet') === replicaSet.metadata.name);
}

/** Starts the end of a pod: it stops counting at once and is gone a little later. */
export function deletePod(parts: ClusterParts, pod: Pod): Pod | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return pod;
  const deleted = parts.store.update('pods', pod, (draft) => {
    draft.metadata.deletionTimestamp = kubeTime(parts.now());
    draft.metadata.deletionGracePeriodSeconds = 30;
  });
  for (const container of pod.spec.containers) {
    parts.events.normal(pod, 'Killing', `Stopping container ${container.name}`, 'kubelet');
  }
  return deleted;
}

/** A pod as the replica set makes it, in its first moment. */
export function newPod(parts: Pick<ClusterParts, 'random'>, replicaSet: ReplicaSet, time: string): Pod {
  const { template } = replicaSet.spec;
  const spec = structuredClone(template.spec);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${replicaSet.metadata.name}-${nameSuffix(parts.random)}`,
      generateName: `${replicaSet.metadata.name}-`,
      namespace: replicaSet.metadata.namespace,
      uid: randomUUID(),
      resourceVersion: '',
      creationTimestamp: time,
      labels: { ...template.metadata?.labels },
      ...(template.metadata?.annotations ? { annotations: { ...template.metadata.annotations } } : {}),
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: replicaSet.metadata.name,
          uid: replicaSet.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: { ...spec, nodeName: NODES[Math.floor(parts.random() * NODES.length)] },
    status: pendingStatus(spec.containers, time),
  };
}

function createPod(parts: ClusterParts, replicaSet: ReplicaSet): void {
  const pod = parts.store.create('pods', newPod(parts, replicaSet, kubeTime(parts.now())));
  const { name, namespace } = pod.metadata;
  parts.events.normal(replicaSet, 'SuccessfulCreate', `Created pod: ${name}`, COMPONENT);
  const placed = `Successfully assigned ${namespace}/${name} to ${pod.spec.nodeName}`;
  parts.events.normal(pod, 'Scheduled', placed, 'default-scheduler');
}

/** Pods that are not ready go first, then the youngest. */
function leastWanted(pods: Pod[]): Pod[] {
  const rank = (pod: Pod): string => `${isReady(pod) ? 1 : 0}`;
  return [...pods].sort(
    (a, b) =>
      rank(a).localeCompare(rank(b)) ||
      b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp),
  );
}

function writeStatus(parts: ClusterParts, replicaSet: ReplicaSet): void {
  const pods = activePods(parts, replicaSet);
  const ready = pods.filter(isReady);
  const available = ready.filter((pod) => availableIn(parts, replicaSet, pod) <= 0).length;
  const waits = ready.map((pod) => availableIn(parts, replicaSet, pod)).filter((ms) => ms > 0);
  if (waits.length > 0) {
    const key = `available ${replicaSet.metadata.uid}`;
    parts.timers.once(key, 'wait', Math.min(...waits), () => {
      parts.requeue(replicaSet.metadata.namespace ?? '', ownerOf(replicaSet, 'Deployment') ?? '');
    });
  }
  parts.store.update('replicasets', replicaSet, (draft) => {
    draft.status = {
      replicas: pods.length,
      ...(pods.length > 0 ? { fullyLabeledReplicas: pods.length } : {}),
      ...(ready.length > 0 ? { readyReplicas: ready.length } : {}),
      ...(available > 0 ? { availableReplicas: available } : {}),
      observedGeneration: draft.metadata.generation,
    };
  });
}

/** Milliseconds until a ready pod has been ready for minReadySeconds; zero or less when it has. */
function availableIn(parts: ClusterParts, replicaSet: ReplicaSet, pod: Pod): number {
  const wanted = (replicaSet.spec.minReadySeconds ?? 0) * 1000;
  if (wanted === 0) return 0;
  const ready = pod.status.conditions.find((condition) => condition.type === 'Ready');
  return Date.parse(ready?.lastTransitionTime ?? '') + wanted - parts.now();
}
