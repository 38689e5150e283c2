import { type ClusterParts, ownerOf } from './cluster-parts.ts';
import { writeDeploymentStatus } from './deployment-status.ts';
import type { Deployment, ReplicaSet } from './objects.ts';
import { podsOf } from './replica-set-controller.ts';
import { DESIRED, MAXIMUM, rollingBounds, sameTemplate } from './pod-template.ts';
import { adoptRevision, createReplicaSet, dropOldRevisions } from './revisions.ts';

const COMPONENT = 'deployment-controller';

/**
 * One step of one deployment towards its spec, in the order of the real controller: new replica set, up to the
 * surge; old ones, down to what must stay available; then the status. It is called again after each change.
 */
export function syncDeployment(parts: ClusterParts, deployment: Deployment): void {
  const all = replicaSetsOf(parts, deployment);
  const current = all.find((one) => sameTemplate(one.spec.template, deployment.spec.template));
  if (deployment.spec.paused === true) scalePaused(parts, deployment, all);
  else if (deployment.spec.strategy.type === 'Recreate') recreate(parts, deployment, current);
  else roll(parts, deployment, current);
  if (deployment.spec.paused !== true) dropOldRevisions(parts, deployment);
  const fresh = parts.store.get('deployments', deployment.metadata.namespace ?? '', deployment.metadata.name);
  if (fresh) writeDeploymentStatus(parts, fresh, replicaSetsOf(parts, fresh));
}

/** The deployment's replica sets, oldest first. */
export function replicaSetsOf(parts: ClusterParts, deployment: Deployment): ReplicaSet[] {
  return parts.store
    .list('replicasets', deployment.metadata.namespace)
    .filter((one) => ownerOf(one, 'Deployment') === deployment.metadata.name)
    .sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp));
}

function roll(parts: ClusterParts, deployment: Deployment, found: ReplicaSet | undefined): void {
  const current = found ? adoptRevision(parts, deployment, found) : createReplicaSet(parts, deployment);
  const { replicas } = deployment.spec;
  const { surge } = rollingBounds(deployment);
  const total = sum(replicaSetsOf(parts, deployment), (one) => one.spec.replicas);
  if (current.spec.replicas > replicas) scale(parts, deployment, current, replicas);
  else if (current.spec.replicas < replicas && total < replicas + surge) {
    const more = Math.min(replicas + surge - total, replicas - current.spec.replicas);
    scale(parts, deployment, current, current.spec.replicas + more);
  } else scale(parts, deployment, current, current.spec.replicas);
  shrinkOld(parts, deployment, current.metadata.name);
}

/** Takes from old replica sets: first what is not available anyway, then as much as availability allows. */
function shrinkOld(parts: ClusterParts, deployment: Deployment, currentName: string): void {
  const all = replicaSetsOf(parts, deployment);
  const old = all.filter((one) => one.metadata.name !== currentName && one.spec.replicas > 0);
  const current = all.find((one) => one.metadata.name === currentName);
  if (old.length === 0 || !current) return;
  const least = deployment.spec.replicas - rollingBounds(deployment).unavailable;
  const missing = current.spec.replicas - (current.status.availableReplicas ?? 0);
  let room = sum(all, (one) => one.spec.replicas) - least - missing;
  for (const one of old) {
    const useless = one.spec.replicas - (one.status.availableReplicas ?? 0);
    const cut = Math.min(Math.max(0, room), Math.max(0, useless));
    if (cut > 0) scale(parts, deployment, one, one.spec.replicas - cut);
    room -= cut;
  }
  let spare = Math.min(room, sum(all, (one) => one.status.availableReplicas ?? 0) - least);
  for (const one of replicaSetsOf(parts, deployment)) {
    if (one.metadata.name === currentName || one.spec.replicas === 0 || spare <= 0) continue;
    const cut = Math.min(spare, one.spec.replicas);
    scale(parts, deployment, one, one.spec.replicas - cut);
    spare -= cut;
  }
}

/** Everything old goes, pods included, before anything new comes. */
function recreate(parts: ClusterParts, deployment: Deployment, current: ReplicaSet | undefined): void {
  const old = replicaSetsOf(parts, deployment).filter((one) => one.metadata.name !== current?.metadata.name);
  for (const one of old) scale(parts, deployment, one, 0);
  if (old.some((one) => podsOf(parts, one).length > 0)) return;
  const next = current ? adoptRevision(parts, deployment, current) : createReplicaSet(parts, deployment);
  scale(parts, deployment, next, deployment.spec.replicas);
}

/** A paused deployment still scales: its youngest active replica set takes the difference. */
function scalePaused(parts: ClusterParts, deployment: Deployment, all: ReplicaSet[]): void {
  const target = all.filter((one) => one.spec.replicas > 0).at(-1) ?? all.at(-1);
  if (!target) return;
  const others = sum(all, (one) => one.spec.replicas) - target.spec.replicas;
  const desired = Number(target.metadata.annotations?.[DESIRED] ?? deployment.spec.replicas);
  if (desired !== deployment.spec.replicas) {
    scale(parts, deployment, target, Math.max(0, deployment.spec.replicas - others));
  }
}

function scale(parts: ClusterParts, deployment: Deployment, replicaSet: ReplicaSet, replicas: number): void {
  const before = replicaSet.spec.replicas;
  const { surge } = rollingBounds(deployment);
  parts.store.update('replicasets', replicaSet, (draft) => {
    draft.spec.replicas = replicas;
    draft.metadata.annotations = {
      ...draft.metadata.annotations,
      [DESIRED]: String(deployment.spec.replicas),
      [MAXIMUM]: String(deployment.spec.replicas + surge),
    };
  });
  if (before === replicas) return;
  const way = replicas > before ? 'up' : 'down';
  const message = `Scaled ${way} replica set ${replicaSet.metadata.name} from ${before} to ${replicas}`;
  parts.events.normal(deployment, 'ScalingReplicaSet', message, COMPONENT);
}

function sum(all: ReplicaSet[], part: (one: ReplicaSet) => number): number {
  return all.reduce((total, one) => total + part(one), 0);
}
