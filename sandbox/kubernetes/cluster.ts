import type { Journal } from '../journal.ts';
import { syncAutoscaler } from './autoscaler.ts';
import { type ClusterParts, deploymentOf, ownerOf, type Trouble } from './cluster-parts.ts';
import { replicaSetsOf, syncDeployment } from './deployment-controller.ts';
import { syncBudgets } from './disruption-budget.ts';
import { createEventRecorder } from './event-recorder.ts';
import type { Pod } from './objects.ts';
import { advancePod } from './pod-lifecycle.ts';
import { deletePod, podsOf, syncReplicaSet } from './replica-set-controller.ts';
import { seedCluster } from './seed.ts';
import type { Change } from './change-history.ts';
import { createStore } from './store.ts';
import { createTimers } from './timers.ts';

export type ClusterOptions = {
  journal: Journal;
  now: () => number;
  random: () => number;
  rolloutMs: number;
  /** How many changes a watch can look back. */
  memory?: number;
};

export type Cluster = ClusterParts & {
  /** Switches trouble on or off for one deployment; its pods feel it at once. */
  setTrouble: (namespace: string, name: string, trouble: Trouble) => void;
  /** After the journal was emptied: as on the first day. */
  reseed: () => void;
  stop: () => void;
};

/**
 * The cluster with its controllers. Every change of an object queues the deployment that it belongs to; the queue
 * is worked off after the request that caused it was answered, as in a real cluster.
 */
export function createCluster(options: ClusterOptions): Cluster {
  const { journal, now, random, rolloutMs } = options;
  const store = createStore(journal, options.memory);
  const queue = createQueue((keys) => workOff(parts, keys));
  const parts: ClusterParts = {
    store,
    events: createEventRecorder(store, now),
    troubles: journal.collection<Trouble>('kubernetes.troubles'),
    timers: createTimers(),
    requeue: (namespace, name) => queue.add(`${namespace}/${name}`),
    now,
    random,
    rolloutMs,
  };
  store.subscribe((change) => react(parts, change));
  if (store.list('namespaces').length === 0) seedCluster(parts);
  wake(parts);
  return {
    ...parts,
    setTrouble: (namespace, name, trouble) => {
      parts.troubles.set(`${namespace}/${name}`, trouble);
      for (const pod of store.list('pods', namespace))
        if (deploymentOf(parts, pod) === name) advancePod(parts, pod);
    },
    reseed: () => {
      parts.timers.cancelAll();
      store.forget();
      seedCluster(parts);
      wake(parts);
    },
    stop: () => {
      queue.stop();
      parts.timers.cancelAll();
    },
  };
}

/** Keys to look at, each once, taken together when the running request is through. */
function createQueue(work: (keys: string[]) => void) {
  const keys = new Set<string>();
  let stopped = false;
  const run = (): void => {
    const due = [...keys];
    keys.clear();
    if (!stopped) work(due);
  };
  return {
    add: (key: string): void => {
      if (keys.size === 0) setImmediate(run);
      keys.add(key);
    },
    stop: (): void => {
      stopped = true;
    },
  };
}

/** After a start: what was under way goes on. */
function wake(parts: ClusterParts): void {
  for (const one of parts.store.list('deployments'))
    parts.requeue(one.metadata.namespace ?? '', one.metadata.name);
  for (const pod of parts.store.list('pods')) advancePod(parts, pod);
}

/** Brings each deployment one step on; what this changes queues itself again. */
function workOff(parts: ClusterParts, keys: string[]): void {
  for (const key of keys) {
    const [namespace = '', name = ''] = key.split('/');
    const deployment = parts.store.get('deployments', namespace, name);
    if (!deployment) continue;
    for (const replicaSet of replicaSetsOf(parts, deployment)) syncReplicaSet(parts, replicaSet);
    const current = parts.store.get('deployments', namespace, name);
    if (current) syncDeployment(parts, current);
    syncBudgets(parts, namespace);
    syncAutoscaler(parts, namespace, name);
  }
}

function react(parts: ClusterParts, change: Change): void {
  const { object } = change;
  const namespace = object.metadata.namespace ?? '';
  if (object.kind === 'Pod') {
    if (change.type === 'DELETED') parts.timers.cancel(`pod ${object.metadata.uid}`);
    else advancePod(parts, object);
    queueOwner(parts, object);
  } else if (object.kind === 'ReplicaSet') {
    if (change.type === 'DELETED') for (const pod of podsOf(parts, object)) deletePod(parts, pod);
    else parts.requeue(namespace, ownerOf(object, 'Deployment') ?? '');
  } else if (object.kind === 'Deployment') {
    if (change.type === 'DELETED')
      for (const one of replicaSetsOf(parts, object)) parts.store.remove('replicasets', one);
    else parts.requeue(namespace, object.metadata.name);
  } else if (object.kind === 'HorizontalPodAutoscaler') {
    parts.requeue(namespace, object.spec.scaleTargetRef.name);
  } else if (object.kind === 'PodDisruptionBudget') {
    syncBudgets(parts, namespace);
  }
}

function queueOwner(parts: ClusterParts, pod: Pod): void {
  const name = deploymentOf(parts, pod);
  if (name !== undefined) parts.requeue(pod.metadata.namespace ?? '', name);
}
