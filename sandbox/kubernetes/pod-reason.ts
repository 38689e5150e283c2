import type { Pod } from './objects.ts';

/** The word kubectl shows as a pod's status: why it waits or ended, else its phase. */
export function podReason(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return 'Terminating';
  for (const { state } of pod.status.containerStatuses) {
    if (state.waiting) return state.waiting.reason;
    if (state.terminated) return state.terminated.reason;
  }
  return pod.status.phase;
}
