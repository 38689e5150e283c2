import { type ClusterParts, troubleOf, type Trouble } from './cluster-parts.ts';
import { kubeTime } from './kube-time.ts';
import type { Pod } from './objects.ts';
import { backOff, crash, markReady, pullFails, run } from './pod-status.ts';

/** One thing that will happen to a pod by itself. */
type Step = {
  name: string;
  /** Share of the time that a pod takes to become ready. */
  share: number;
  change?: (draft: Pod, time: string) => void;
  happened?: (pod: Pod) => void;
};

/** Backoff doubles with each restart, up to 2^5 times. */
const LONGEST_BACKOFF = 5;

/**
 * What a node does: takes a pod from Pending through Running to Ready, lets it crash when it is told to, fails to
 * pull an image whose tag says `broken`, and removes a pod that was deleted. Call it whenever a pod changed.
 */
export function advancePod(parts: ClusterParts, pod: Pod): void {
  const key = `pod ${pod.metadata.uid}`;
  const step = nextStep(parts, pod);
  if (!step) {
    parts.timers.cancel(key);
    return;
  }
  parts.timers.once(key, step.name, step.share * parts.rolloutMs, () => {
    const { change } = step;
    if (change) parts.store.update('pods', pod, (draft) => change(draft, kubeTime(parts.now())));
    else parts.store.remove('pods', pod);
    step.happened?.(pod);
  });
}

function nextStep(parts: ClusterParts, pod: Pod): Step | undefined {
  if (pod.metadata.deletionTimestamp !== undefined) return { name: 'remove', share: 0.2 };
  const [first] = pod.status.containerStatuses;
  const trouble = troubleOf(parts, pod);
  if (first?.state.running) return nextOfRunning(parts, pod, trouble);
  const waiting = first?.state.waiting?.reason;
  if (waiting === 'CrashLoopBackOff') {
    const restarts = Math.min(first?.restartCount ?? 0, LONGEST_BACKOFF);
    return startStep(parts, trouble.crash ? 0.5 * 2 ** restarts : 0.2, trouble.crash ? 'restart' : 'recover');
  }
  const broken = pod.spec.containers.find((container) => tagOf(container.image).includes('broken'));
  if (!broken) return startStep(parts, 0.3, 'start');
  if (waiting === 'ImagePullBackOff') return undefined;
  return {
    name: `pull ${waiting ?? ''}`,
    share: 0.3,
    change: (draft) => pullFails(draft, waiting === 'ErrImagePull' ? 'ImagePullBackOff' : 'ErrImagePull'),
    happened: (pod) => {
      const message = `Failed to pull image "${broken.image}": manifest unknown`;
      if (waiting === 'ErrImagePull') {
        parts.events.normal(pod, 'BackOff', `Back-off pulling image "${broken.image}"`, 'kubelet');
      } else parts.events.warning(pod, 'Failed', message, 'kubelet');
    },
  };
}

function nextOfRunning(parts: ClusterParts, pod: Pod, trouble: Trouble): Step | undefined {
  const container = pod.spec.containers[0]?.name ?? '';
  if (trouble.crash) {
    return {
      name: 'crash',
      share: 0.3,
      change: crash,
      happened: (pod) => {
        const message = `Back-off restarting failed container ${container} in pod ${pod.metadata.name}`;
        parts.events.warning(pod, 'BackOff', message, 'kubelet');
        parts.timers.once(`backoff ${pod.metadata.uid}`, 'wait', 0.05 * parts.rolloutMs, () => {
          parts.store.update('pods', pod, (draft) => backOff(draft));
        });
      },
    };
  }
  if (pod.status.containerStatuses.every((status) => status.ready)) return undefined;
  if (!trouble.stall) return { name: 'ready', share: 0.7, change: markReady };
  const message = 'Readiness probe failed: HTTP probe failed with statuscode: 503';
  return {
    name: 'probe',
    share: 1,
    change: () => undefined,
    happened: (pod) => parts.events.warning(pod, 'Unhealthy', message, 'kubelet'),
  };
}

function startStep(parts: ClusterParts, share: number, name: string): Step {
  return {
    name,
    share,
    change: run,
    happened: (pod) => {
      for (const container of pod.spec.containers) {
        parts.events.normal(
          pod,
          'Pulled',
          `Container image "${container.image}" already present on machine`,
          'kubelet',
        );
        parts.events.normal(pod, 'Started', `Started container ${container.name}`, 'kubelet');
      }
    },
  };
}

function tagOf(image: string): string {
  return image.slice(image.lastIndexOf(':') + 1);
}
