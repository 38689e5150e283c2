import type { Condition, ContainerStatus, Pod } from './objects.ts';

/** The states a pod's status goes through; each changes the draft that it is given. */

/** A pod that has been placed on a node and does not run yet. */
export function pendingStatus(containers: Pod['spec']['containers'], time: string): Pod['status'] {
  return {
    phase: 'Pending',
    startTime: time,
    qosClass: 'Burstable',
    conditions: [
      { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: time },
      { type: 'Initialized', status: 'True', lastProbeTime: null, lastTransitionTime: time },
      notReady('ContainersReady', time),
      notReady('Ready', time),
    ],
    containerStatuses: containers.map((container) => ({
      name: container.name,
      image: container.image,
      imageID: '',
      ready: false,
      started: false,
      restartCount: 0,
      state: { waiting: { reason: 'ContainerCreating' } },
      lastState: {},
    })),
  };
}

export function run(draft: Pod, time: string): void {
  draft.status.phase = 'Running';
  draft.status.podIP ??= podAddress(draft.metadata.uid);
  draft.status.podIPs = [{ ip: draft.status.podIP }];
  eachContainer(draft, (status) => {
    status.started = true;
    status.imageID = `docker.io/${status.image}`;
    status.containerID = `containerd://${draft.metadata.uid.replaceAll('-', '')}`;
    status.state = { running: { startedAt: time } };
  });
}

export function markReady(draft: Pod, time: string): void {
  eachContainer(draft, (status) => {
    status.ready = true;
  });
  setReady(draft, true, time);
}

export function crash(draft: Pod, time: string): void {
  eachContainer(draft, (status) => {
    status.ready = false;
    status.started = false;
    const { running } = status.state;
    const terminated = { reason: 'Error', exitCode: 1, finishedAt: time, ...running };
    status.state = { terminated };
    status.lastState = { terminated };
    status.restartCount += 1;
  });
  setReady(draft, false, time);
}

export function backOff(draft: Pod): void {
  eachContainer(draft, (status) => {
    if (status.state.terminated === undefined) return;
    const message = `back-off restarting failed container=${status.name} pod=${draft.metadata.name}`;
    status.state = { waiting: { reason: 'CrashLoopBackOff', message } };
  });
}

export function pullFails(draft: Pod, reason: 'ErrImagePull' | 'ImagePullBackOff'): void {
  eachContainer(draft, (status) => {
    const message =
      reason === 'ErrImagePull'
        ? `failed to pull image "${status.image}": manifest unknown`
        : `Back-off pulling image "${status.image}"`;
    status.state = { waiting: { reason, message } };
  });
}

export function isReady(pod: Pod): boolean {
  return pod.status.conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

function setReady(draft: Pod, ready: boolean, time: string): void {
  draft.status.conditions = draft.status.conditions.map((condition) => {
    if (condition.type !== 'Ready' && condition.type !== 'ContainersReady') return condition;
    if (!ready) return condition.status === 'False' ? condition : notReady(condition.type, time);
    return { type: condition.type, status: 'True', lastProbeTime: null, lastTransitionTime: time };
  });
}

function notReady(type: string, time: string): Condition {
  return {
    type,
    status: 'False',
    reason: 'ContainersNotReady',
    message: 'containers with unready status',
    lastProbeTime: null,
    lastTransitionTime: time,
  };
}

function eachContainer(draft: Pod, change: (status: ContainerStatus) => void): void {
  for (const status of draft.status.containerStatuses) change(status);
}

/** A stable address in the pod network, from the pod's id. */
function podAddress(uid: string): string {
  const number = Number.parseInt(uid.slice(0, 4), 16);
  return `10.42.${number >> 8}.${number & 255 || 1}`;
}
