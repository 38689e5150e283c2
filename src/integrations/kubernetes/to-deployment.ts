import type { V1Deployment } from '@kubernetes/client-node';
import type { Deployment, RolloutStrategy } from '../../ports/cluster.ts';

export const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
export const REVISION = 'deployment.kubernetes.io/revision';
/** What Kubernetes takes when the deployment does not say: maxSurge and maxUnavailable, and seconds of patience. */
const DEFAULT_SHARE = '25%';
const DEFAULT_DEADLINE_SECONDS = 600;

/** An API object as the port has it. Missing fields take the defaults that the API server would fill in. */
export function toDeployment(context: string, object: V1Deployment): Deployment {
  const { spec, status } = object;
  const template = spec?.template;
  return {
    ...toIdentity(context, object),
    observedGeneration: status?.observedGeneration ?? 0,
    images: (template?.spec?.containers ?? []).map(
      (container) => `${container.name}=${container.image ?? ''}`,
    ),
    replicas: toReplicas(object),
    paused: spec?.paused ?? false,
    strategy: toStrategy(object),
    restartedAt: template?.metadata?.annotations?.[RESTARTED_AT] ?? null,
    progressDeadlineSeconds: spec?.progressDeadlineSeconds ?? DEFAULT_DEADLINE_SECONDS,
    ...toProgress(object),
  };
}

function toProgress({ status }: V1Deployment): Pick<Deployment, 'progressReason' | 'progressMessage'> {
  const condition = status?.conditions?.find(({ type }) => type === 'Progressing');
  return { progressReason: condition?.reason ?? null, progressMessage: condition?.message ?? null };
}

function toIdentity(
  context: string,
  { metadata }: V1Deployment,
): Pick<Deployment, 'context' | 'namespace' | 'name' | 'uid' | 'resourceVersion' | 'generation'> {
  return {
    context,
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    resourceVersion: metadata?.resourceVersion ?? '',
    generation: metadata?.generation ?? 0,
  };
}

function toReplicas({ spec, status }: V1Deployment): Deployment['replicas'] {
  return {
    desired: spec?.replicas ?? 1,
    current: status?.replicas ?? 0,
    updated: status?.updatedReplicas ?? 0,
    ready: status?.readyReplicas ?? 0,
    available: status?.availableReplicas ?? 0,
  };
}

function toStrategy({ spec }: V1Deployment): RolloutStrategy {
  if (spec?.strategy?.type === 'Recreate') return { kind: 'recreate' };
  const rolling = spec?.strategy?.rollingUpdate;
  return {
    kind: 'rolling',
    maxSurge: String(rolling?.maxSurge ?? DEFAULT_SHARE),
    maxUnavailable: String(rolling?.maxUnavailable ?? DEFAULT_SHARE),
  };
}
