import type { ClusterParts } from './cluster-parts.ts';
import { kubeTime } from './kube-time.ts';
import type { Autoscaler, Deployment } from './objects.ts';

/** The autoscaler looks only now and then: so many times the time that a pod needs. */
const LOOKS_EVERY = 2;

/**
 * Brings a deployment back within its autoscaler's bounds, a little after somebody left them. Zero replicas
 * switch an autoscaler off, as in a real cluster.
 */
export function syncAutoscaler(parts: ClusterParts, namespace: string, name: string): void {
  const deployment = parts.store.get('deployments', namespace, name);
  const autoscaler = parts.store
    .list('horizontalpodautoscalers', namespace)
    .find((one) => one.spec.scaleTargetRef.kind === 'Deployment' && one.spec.scaleTargetRef.name === name);
  if (!deployment || !autoscaler) return;
  const wanted = wantedBy(autoscaler, deployment);
  parts.store.update('horizontalpodautoscalers', autoscaler, (draft) => {
    draft.status.currentReplicas = deployment.status.replicas ?? 0;
    draft.status.desiredReplicas = wanted;
  });
  const key = `autoscaler ${autoscaler.metadata.uid}`;
  if (wanted === deployment.spec.replicas) {
    parts.timers.cancel(key);
    return;
  }
  parts.timers.once(key, String(wanted), LOOKS_EVERY * parts.rolloutMs, () => {
    const current = parts.store.get('horizontalpodautoscalers', namespace, autoscaler.metadata.name);
    if (!current) return;
    parts.store.update('deployments', deployment, (draft) => {
      draft.spec.replicas = wantedBy(current, draft);
    });
    const time = kubeTime(parts.now());
    parts.store.update('horizontalpodautoscalers', autoscaler, (draft) => {
      draft.status.lastScaleTime = time;
    });
    const message = `New size: ${wanted}; reason: Current number of replicas outside of the Spec.MinReplicas/Spec.MaxReplicas bounds`;
    parts.events.normal(autoscaler, 'SuccessfulRescale', message, 'horizontal-pod-autoscaler');
  });
}

function wantedBy(autoscaler: Autoscaler, deployment: Deployment): number {
  const { replicas } = deployment.spec;
  if (replicas === 0) return 0;
  return Math.min(autoscaler.spec.maxReplicas, Math.max(autoscaler.spec.minReplicas ?? 1, replicas));
}
