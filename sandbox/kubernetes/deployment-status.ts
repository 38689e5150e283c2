import type { ClusterParts } from './cluster-parts.ts';
import { kubeTime } from './kube-time.ts';
import type { Condition, Deployment, ReplicaSet } from './objects.ts';
import { rollingBounds, sameTemplate } from './pod-template.ts';

/** What the real API server fills in. */
export const DEFAULT_DEADLINE_SECONDS = 600;

const COMPLETE = 'NewReplicaSetAvailable';
const TIMED_OUT = 'ProgressDeadlineExceeded';

type Counts = { replicas: number; updated: number; ready: number; available: number; wanted: number };

/** Writes what the replica sets add up to, with the conditions Available and Progressing. */
export function writeDeploymentStatus(parts: ClusterParts, deployment: Deployment, all: ReplicaSet[]): void {
  const current = all.find((one) => sameTemplate(one.spec.template, deployment.spec.template));
  const counts: Counts = {
    replicas: sum(all, (one) => one.status.replicas),
    updated: current?.status.replicas ?? 0,
    ready: sum(all, (one) => one.status.readyReplicas ?? 0),
    available: sum(all, (one) => one.status.availableReplicas ?? 0),
    wanted: sum(all, (one) => one.spec.replicas),
  };
  const time = kubeTime(parts.now());
  const conditions = [available(deployment, counts), progressing(parts, deployment, counts, current)]
    .filter((condition) => condition !== undefined)
    .map((condition) => stamped(deployment, condition, time, advanced(deployment, counts)));
  parts.store.update('deployments', deployment, (draft) => {
    draft.status = {
      observedGeneration: draft.metadata.generation,
      ...nonZero({
        replicas: counts.replicas,
        updatedReplicas: counts.updated,
        readyReplicas: counts.ready,
        availableReplicas: counts.available,
        unavailableReplicas: Math.max(0, counts.wanted - counts.available),
      }),
      conditions,
    };
  });
  watchDeadline(parts, deployment, conditions);
}

function available(deployment: Deployment, counts: Counts): Condition {
  const enough = counts.available >= deployment.spec.replicas - rollingBounds(deployment).unavailable;
  return enough
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

function progressing(
  parts: ClusterParts,
  deployment: Deployment,
  counts: Counts,
  current: ReplicaSet | undefined,
): Condition | undefined {
  const before = conditionOf(deployment, 'Progressing');
  const { name } = (current ?? deployment).metadata;
  const condition = (status: string, reason: string, message: string): Condition => ({
    type: 'Progressing',
    status,
    reason,
    message,
  });
  if (deployment.spec.paused === true) {
    const told = before?.reason === TIMED_OUT;
    return told ? before : condition('Unknown', 'DeploymentPaused', 'Deployment is paused');
  }
  if (isComplete(deployment, counts)) {
    return condition('True', COMPLETE, `ReplicaSet "${name}" has successfully progressed.`);
  }
  // Pods that die, or more that are wanted, after the rollout is through are not a rollout.
  if (before?.reason === COMPLETE && counts.replicas === counts.updated) return before;
  if (before?.reason === 'DeploymentPaused') {
    return condition('Unknown', 'DeploymentResumed', 'Deployment is resumed');
  }
  if (isNew(deployment, before)) {
    return condition('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`);
  }
  if (advanced(deployment, counts)) {
    return condition('True', 'ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`);
  }
  if (before && deadlineIn(parts, deployment, before) > 0) return before;
  return condition('False', TIMED_OUT, `ReplicaSet "${name}" has timed out progressing.`);
}

/** A rollout that has just begun: its deadline counts from now. */
function isNew(deployment: Deployment, before: Condition | undefined): boolean {
  const observed = deployment.status.observedGeneration === deployment.metadata.generation;
  return !observed || before === undefined || before.reason === COMPLETE;
}

function isComplete(deployment: Deployment, counts: Counts): boolean {
  const { replicas } = deployment.spec;
  return counts.updated === replicas && counts.replicas === replicas && counts.available === replicas;
}

/** More new pods, fewer old ones, or more of them usable than at the last look. */
function advanced(deployment: Deployment, counts: Counts): boolean {
  const { status } = deployment;
  const oldBefore = (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    counts.updated > (status.updatedReplicas ?? 0) ||
    counts.replicas - counts.updated < oldBefore ||
    counts.ready > (status.readyReplicas ?? 0) ||
    counts.available > (status.availableReplicas ?? 0)
  );
}

/** Transition time moves with the status, update time with the reason, the message, and each progress. */
function stamped(deployment: Deployment, condition: Condition, time: string, progress: boolean): Condition {
  const before = conditionOf(deployment, condition.type);
  const transition = before?.status === condition.status ? before.lastTransitionTime : time;
  const same = before?.reason === condition.reason && before?.message === condition.message;
  const running = condition.reason === 'ReplicaSetUpdated' && progress;
  const update = same && before?.status === condition.status && !running ? before.lastUpdateTime : time;
  return { ...condition, lastUpdateTime: update, lastTransitionTime: transition };
}

/** Looks again when the deadline has passed: nothing else may happen by then. */
function watchDeadline(parts: ClusterParts, deployment: Deployment, conditions: Condition[]): void {
  const key = `deadline ${deployment.metadata.uid}`;
  const running = conditions.find((condition) => condition.type === 'Progressing');
  const over = running?.reason === COMPLETE || running?.reason === TIMED_OUT;
  if (!running || over || deployment.spec.paused === true) {
    parts.timers.cancel(key);
    return;
  }
  const wait = Math.max(0, deadlineIn(parts, deployment, running)) + 20;
  parts.timers.once(key, `${running.reason} ${running.lastUpdateTime}`, Math.min(wait, 2 ** 31 - 1), () => {
    parts.requeue(deployment.metadata.namespace ?? '', deployment.metadata.name);
  });
}

function deadlineIn(parts: ClusterParts, deployment: Deployment, since: Condition): number {
  const seconds = deployment.spec.progressDeadlineSeconds ?? DEFAULT_DEADLINE_SECONDS;
  return Date.parse(since.lastUpdateTime ?? '') + seconds * 1000 - parts.now();
}

export function conditionOf(deployment: Deployment, type: string): Condition | undefined {
  return deployment.status.conditions?.find((condition) => condition.type === type);
}

function nonZero(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function sum(all: ReplicaSet[], part: (one: ReplicaSet) => number): number {
  return all.reduce((total, one) => total + part(one), 0);
}
