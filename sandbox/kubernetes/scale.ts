import type { ClusterParts } from './cluster-parts.ts';
import type { HttpAnswer, HttpCall } from './http-call.ts';
import type { Deployment } from './objects.ts';
import type { Target } from './request-path.ts';
import { isRecord } from './same-json.ts';
import { badRequest, conflict, invalid, notFound } from './status.ts';
import { isDryRun, patched, written } from './write.ts';

/** The scale of a deployment: read it, or set its replicas and nothing else. */
export function serveScale(parts: ClusterParts, call: HttpCall, target: Target): HttpAnswer {
  const { info, name = '', namespace = '' } = target;
  const deployment = parts.store.get('deployments', namespace, name);
  if (!deployment) throw notFound(info, name);
  if (call.method === 'GET') return { code: 200, body: scaleOf(deployment) };
  const wanted = call.method === 'PATCH' ? patched(call, scaleOf(deployment)) : written(call);
  if (!isRecord(wanted) || !isRecord(wanted.metadata) || !isRecord(wanted.spec))
    throw badRequest('the body is not a Scale');
  const version = wanted.metadata.resourceVersion;
  if (version !== undefined && version !== '' && version !== deployment.metadata.resourceVersion)
    throw conflict(info, name);
  const replicas = replicasOf(target, wanted.spec.replicas ?? 0);
  if (isDryRun(call))
    return { code: 200, body: scaleOf({ ...deployment, spec: { ...deployment.spec, replicas } }) };
  const stored = parts.store.update('deployments', deployment, (draft) => {
    draft.spec.replicas = replicas;
  });
  const after = stored ?? deployment;
  return {
    code: 200,
    body: scaleOf(after),
    effect: after.metadata.resourceVersion !== deployment.metadata.resourceVersion,
  };
}

function scaleOf(deployment: Deployment) {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = deployment.metadata;
  const labels = Object.entries(deployment.spec.selector.matchLabels ?? {});
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: deployment.spec.replicas },
    status: {
      replicas: deployment.status.replicas ?? 0,
      selector: labels.map(([key, value]) => `${key}=${value}`).join(','),
    },
  };
}

function replicasOf(target: Target, value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw badRequest(
      `Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal ${typeof value} into field spec.replicas`,
    );
  }
  if (value >= 0 && value < 2 ** 31) return value;
  const message = `Invalid value: ${value}: must be greater than or equal to 0`;
  const scale = { ...target.info, kind: 'Scale', group: 'autoscaling' };
  throw invalid(scale, target.name ?? '', [{ reason: 'FieldValueInvalid', message, field: 'spec.replicas' }]);
}
