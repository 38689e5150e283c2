import type { DisruptionBudget, ReplicaCounts, RolloutStrategy } from '../ports/cluster.ts';

export interface RolloutImpact {
  /** The fewest pods that are available at any time, if new pods start well. */
  readonly lowest: number;
  readonly expectedOutage: string;
  readonly warnings: readonly string[];
}

/**
 * What users may notice while all pods are replaced, from replicas, strategy and budgets. Disruption budgets bind
 * evictions and not rollouts, so a rollout may go below one; then the plan says so.
 */
export function rolloutImpact(
  replicas: ReplicaCounts,
  strategy: RolloutStrategy,
  budgets: readonly DisruptionBudget[],
): RolloutImpact {
  const lowest = lowestAvailable(replicas.desired, strategy);
  return {
    lowest,
    expectedOutage: outageInWords(replicas, strategy, lowest),
    warnings: budgets.flatMap((budget) => {
      const needed = neededBy(budget, replicas.desired);
      return lowest < needed
        ? [
            `The rollout may go down to ${pods(lowest)}, below the ${needed} that disruption budget ${budget.name} keeps; budgets do not hold rollouts back.`,
          ]
        : [];
    }),
  };
}

function lowestAvailable(desired: number, strategy: RolloutStrategy): number {
  if (strategy.kind === 'recreate') return 0;
  const surge = Math.ceil(share(strategy.maxSurge, desired));
  const unavailable = Math.floor(share(strategy.maxUnavailable, desired));
  // Both zero would never get anywhere: Kubernetes then takes one unavailable pod.
  return Math.max(0, desired - (surge === 0 && unavailable === 0 ? 1 : unavailable));
}

function outageInWords(replicas: ReplicaCounts, strategy: RolloutStrategy, lowest: number): string {
  const { desired, available } = replicas;
  const now = available < desired ? ` Only ${available} of ${desired} are available as it is.` : '';
  if (strategy.kind === 'recreate') {
    return `An outage: all ${pods(desired)} stop before new ones start, so nobody is answered until the first new one is ready.${now}`;
  }
  if (lowest === 0) {
    return `A short outage: the last pod may stop before a new one is ready.${now}`;
  }
  if (lowest >= desired) {
    return `None expected: every new pod is ready before an old one stops.${now}`;
  }
  return `None expected while ${lowest} of ${desired} pods can carry the load: at least ${lowest} stay available.${now}`;
}

/** How many available pods a budget wants kept; percentages round up, in its favour. */
function neededBy(budget: DisruptionBudget, desired: number): number {
  if (budget.minAvailable !== null) return Math.ceil(share(budget.minAvailable, desired));
  if (budget.maxUnavailable !== null) return desired - Math.ceil(share(budget.maxUnavailable, desired));
  return 0;
}

/** "2" or "25%" of a number of pods, not rounded. */
function share(text: string, of: number): number {
  const value = Number.parseFloat(text);
  if (Number.isNaN(value)) return 0;
  return text.endsWith('%') ? (of * value) / 100 : value;
}

function pods(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`;
}
