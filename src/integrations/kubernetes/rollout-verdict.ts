import type { Deployment, RolloutVerdict } from '../../ports/cluster.ts';

/**
 * Where a rollout stands, judged as `kubectl rollout status` does: the controller has seen the newest generation, and
 * all desired pods are of the newest revision, no old ones are left and all are available.
 * @returns undefined while it goes on
 */
export function rolloutVerdict(deployment: Deployment): RolloutVerdict | undefined {
  const { replicas } = deployment;
  if (deployment.observedGeneration < deployment.generation) return undefined;
  if (deployment.progressReason === 'ProgressDeadlineExceeded') {
    return {
      outcome: 'failed',
      text: `Kubernetes gave the rollout up: no progress for ${deployment.progressDeadlineSeconds} s, ${counts(deployment)}.`,
      deployment,
    };
  }
  if (
    replicas.updated >= replicas.desired &&
    replicas.current <= replicas.updated &&
    replicas.available >= replicas.updated
  ) {
    return { outcome: 'complete', text: `The rollout is complete: ${counts(deployment)}.`, deployment };
  }
  if (deployment.paused) {
    return {
      outcome: 'failed',
      text: `Somebody paused the rollout: ${counts(deployment)}. It goes on with "kubectl rollout resume".`,
      deployment,
    };
  }
  return undefined;
}

function counts({ replicas }: Deployment): string {
  return `${replicas.updated} of ${replicas.desired} updated, ${replicas.available} available`;
}
