import type { ClusterParts } from './cluster-parts.ts';
import type { DisruptionBudget } from './objects.ts';
import { isReady } from './pod-status.ts';
import { resolve } from './pod-template.ts';
import { hasLabels } from './selectors.ts';

/** Writes into each disruption budget of the namespace how many pods may go now. */
export function syncBudgets(parts: ClusterParts, namespace: string): void {
  const pods = parts.store
    .list('pods', namespace)
    .filter((pod) => pod.metadata.deletionTimestamp === undefined);
  for (const budget of parts.store.list('poddisruptionbudgets', namespace)) {
    const mine = pods.filter((pod) => hasLabels(pod.metadata.labels, budget.spec.selector.matchLabels ?? {}));
    const healthy = mine.filter(isReady).length;
    const needed = neededBy(budget, mine.length);
    parts.store.update('poddisruptionbudgets', budget, (draft) => {
      draft.status = {
        observedGeneration: draft.metadata.generation,
        currentHealthy: healthy,
        desiredHealthy: needed,
        disruptionsAllowed: Math.max(0, healthy - needed),
        expectedPods: mine.length,
      };
    });
  }
}

function neededBy(budget: DisruptionBudget, pods: number): number {
  const { minAvailable, maxUnavailable } = budget.spec;
  if (minAvailable !== undefined) return resolve(minAvailable, pods, Math.ceil);
  return Math.max(0, pods - resolve(maxUnavailable ?? 0, pods, Math.ceil));
}
