import type { Service } from '../../../src/config/model.ts';
import type { Action, ActionReaders, Observed } from '../../../src/executions/define-action.ts';
import type { ClusterReader, DeploymentObservation } from '../../../src/ports/cluster.ts';

export const SERVICE: Service = {
  id: 'checkout',
  name: 'Checkout',
  environment: 'prod',
  kubernetes: { context: 'east', namespace: 'shop', deployment: 'checkout' },
  healthUrl: null,
  links: [],
};

/** A deployment as the cluster reports it; three pods of a full version, rolling. */
export function observation(over: Partial<DeploymentObservation> = {}): DeploymentObservation {
  return {
    context: 'east',
    namespace: 'shop',
    name: 'checkout',
    uid: 'u1',
    resourceVersion: '17',
    generation: 4,
    observedGeneration: 4,
    templateHash: 'a'.repeat(64),
    podTemplateHash: '5d9f7c',
    images: ['web=shop/checkout:1.4.2'],
    replicas: { desired: 3, current: 3, updated: 3, ready: 3, available: 3 },
    paused: false,
    strategy: { kind: 'rolling', maxSurge: '25%', maxUnavailable: '25%' },
    restartedAt: null,
    progressDeadlineSeconds: 600,
    progressReason: 'NewReplicaSetAvailable',
    progressMessage: null,
    budgets: [],
    autoscaler: null,
    unseen: [],
    ...over,
  };
}

/** Readers of a cluster in which every deployment looks like this. */
export function readersOf(
  seen: DeploymentObservation,
  over: Partial<ClusterReader & Pick<ActionReaders, 'health'>> = {},
): ActionReaders {
  return {
    cluster: {
      observeDeployment: over.observeDeployment ?? (async () => seen),
      followRollout:
        over.followRollout ?? (async () => ({ outcome: 'complete', text: 'Complete.', deployment: seen })),
    },
    health: over.health ?? (async () => ({ ok: true, text: 'answers 200' })),
  };
}

export async function observe(
  action: Action,
  seen: DeploymentObservation,
  service: Service = SERVICE,
): Promise<Observed> {
  return action.bind(service, {}).observe(readersOf(seen), { timeoutMs: 2_000 });
}
