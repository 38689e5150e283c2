import { randomUUID } from 'node:crypto';

import { type ClusterParts, ownerOf } from './cluster-parts.ts';
import { kubeTime } from './kube-time.ts';
import type { Deployment, ReplicaSet } from './objects.ts';
import { DESIRED, HASH_LABEL, MAXIMUM, REVISION, REVISION_HISTORY, templateHash } from './pod-template.ts';

/** Annotations that stay where they are when a deployment's are copied to its replica set. */
const OWN = new Set([
  REVISION,
  REVISION_HISTORY,
  DESIRED,
  MAXIMUM,
  'kubectl.kubernetes.io/last-applied-configuration',
]);

const DEFAULT_HISTORY = 10;

/** The replica set for a template that had none yet: empty, with the next revision. */
export function createReplicaSet(parts: ClusterParts, deployment: Deployment): ReplicaSet {
  const revision = String(highestRevision(parts, deployment) + 1);
  const created = parts.store.create(
    'replicasets',
    newReplicaSet(deployment, revision, kubeTime(parts.now())),
  );
  parts.store.update('deployments', deployment, (draft) => {
    draft.metadata.annotations = { ...draft.metadata.annotations, [REVISION]: revision };
  });
  return created;
}

/** The found replica set is (again) the newest: after an undo its revision moves on to the next number. */
export function adoptRevision(parts: ClusterParts, deployment: Deployment, found: ReplicaSet): ReplicaSet {
  const old = revisionOf(found);
  const others = highestRevision(parts, deployment, found.metadata.name);
  const revision = String(old > others ? old : others + 1);
  const adopted = parts.store.update('replicasets', found, (draft) => {
    const history = [draft.metadata.annotations?.[REVISION_HISTORY], String(old)].filter(Boolean).join(',');
    draft.metadata.annotations = {
      ...draft.metadata.annotations,
      ...copied(deployment),
      [REVISION]: revision,
      ...(revision === String(old) ? {} : { [REVISION_HISTORY]: history }),
    };
  });
  parts.store.update('deployments', deployment, (draft) => {
    draft.metadata.annotations = { ...draft.metadata.annotations, [REVISION]: revision };
  });
  return adopted ?? found;
}

/** Empty replica sets beyond the history limit go, the oldest revisions first. */
export function dropOldRevisions(parts: ClusterParts, deployment: Deployment): void {
  const empty = owned(parts, deployment)
    .filter((one) => one.spec.replicas === 0 && one.status.replicas === 0)
    .filter((one) => one.metadata.annotations?.[REVISION] !== currentRevision(parts, deployment))
    .sort((a, b) => revisionOf(a) - revisionOf(b));
  const excess = empty.length - (deployment.spec.revisionHistoryLimit ?? DEFAULT_HISTORY);
  for (const one of empty.slice(0, Math.max(0, excess))) parts.store.remove('replicasets', one);
}

export function revisionOf(object: {
  metadata: { annotations?: Record<string, string> | undefined };
}): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0);
}

/** A replica set of that deployment's template, with no pods yet. */
export function newReplicaSet(deployment: Deployment, revision: string, time: string): ReplicaSet {
  const { template } = deployment.spec;
  const hash = templateHash(template);
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      uid: randomUUID(),
      resourceVersion: '',
      generation: 1,
      creationTimestamp: time,
      labels,
      annotations: { ...copied(deployment), [REVISION]: revision },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: deployment.metadata.name,
          uid: deployment.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      replicas: 0,
      ...(deployment.spec.minReadySeconds === undefined
        ? {}
        : { minReadySeconds: deployment.spec.minReadySeconds }),
      selector: { matchLabels: { ...deployment.spec.selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status: { replicas: 0 },
  };
}

function highestRevision(parts: ClusterParts, deployment: Deployment, except?: string): number {
  const others = owned(parts, deployment).filter((one) => one.metadata.name !== except);
  return Math.max(0, ...others.map(revisionOf));
}

function currentRevision(parts: ClusterParts, deployment: Deployment): string | undefined {
  const { namespace, name } = deployment.metadata;
  return parts.store.get('deployments', namespace ?? '', name)?.metadata.annotations?.[REVISION];
}

function owned(parts: ClusterParts, deployment: Deployment): ReplicaSet[] {
  return parts.store
    .list('replicasets', deployment.metadata.namespace)
    .filter((one) => ownerOf(one, 'Deployment') === deployment.metadata.name);
}

function copied(deployment: Deployment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !OWN.has(key)),
  );
}
