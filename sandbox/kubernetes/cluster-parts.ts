import type { Collection } from '../journal.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { Meta, Pod } from './objects.ts';
import { HASH_LABEL } from './pod-template.ts';
import type { Store } from './store.ts';
import type { Timers } from './timers.ts';

/** What a person has switched on for one deployment, key `namespace/name`. */
export type Trouble = {
  /** Its pods crash again and again. */
  crash?: boolean;
  /** Only pods of this template hash crash: a restart heals. */
  crashOnly?: string;
  /** Its new pods never become ready. */
  stall?: boolean;
};

/** What every controller of the cluster is handed. */
export type ClusterParts = {
  store: Store;
  events: EventRecorder;
  troubles: Collection<Trouble>;
  timers: Timers;
  /** Looks at that deployment again soon. */
  requeue: (namespace: string, deployment: string) => void;
  now: () => number;
  random: () => number;
  /** Milliseconds that one pod takes to become ready. */
  rolloutMs: number;
};

/** Name of the owner of that kind. */
export function ownerOf(object: { metadata: Meta }, kind: string): string | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.kind === kind)?.name;
}

/** The deployment that a pod belongs to, through its replica set. */
export function deploymentOf(parts: ClusterParts, pod: Pod): string | undefined {
  const replicaSet = parts.store.get(
    'replicasets',
    pod.metadata.namespace ?? '',
    ownerOf(pod, 'ReplicaSet') ?? '',
  );
  return replicaSet ? ownerOf(replicaSet, 'Deployment') : undefined;
}

/** What troubles this very pod. */
export function troubleOf(parts: ClusterParts, pod: Pod): Trouble {
  const trouble = parts.troubles.get(`${pod.metadata.namespace}/${deploymentOf(parts, pod)}`) ?? {};
  const spared = trouble.crashOnly !== undefined && pod.metadata.labels?.[HASH_LABEL] !== trouble.crashOnly;
  return spared ? { ...trouble, crash: false } : trouble;
}
