import { createHash } from 'node:crypto';
import type { V1Deployment, V1LabelSelector, V1ReplicaSet } from '@kubernetes/client-node';
import { CodedError } from '../../errors.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import type {
  Autoscaler,
  DeploymentObservation,
  DeploymentRef,
  DisruptionBudget,
} from '../../ports/cluster.ts';
import { callOptions } from './call-options.ts';
import { classifyError } from './classify-error.ts';
import type { Connection } from './connect.ts';
import { REVISION, toDeployment } from './to-deployment.ts';

/** Reads a deployment and what stands around it; what the account may not see is named, not guessed. */
export async function observeDeployment(
  connection: Connection,
  ref: DeploymentRef,
  timeoutMs: number,
): Promise<DeploymentObservation> {
  const look: Look = { connection, ref, signal: AbortSignal.timeout(timeoutMs) };
  const [object, budgets, autoscaler] = await Promise.all([
    readDeployment(look),
    ifAllowed(readBudgets(look)),
    ifAllowed(readAutoscaler(look)),
  ]);
  const replicaSet = await ifAllowed(readNewestReplicaSet(look, object));
  return {
    ...toDeployment(connection.context, object),
    templateHash: createHash('sha256').update(canonicalJson(object.spec?.template)).digest('hex'),
    podTemplateHash: replicaSet?.metadata?.labels?.['pod-template-hash'] ?? null,
    budgets: (budgets ?? []).filter(({ selector }) => selects(selector, object)).map(({ budget }) => budget),
    autoscaler: autoscaler ?? null,
    unseen: [
      ...(budgets === undefined ? ['disruption budgets'] : []),
      ...(autoscaler === undefined ? ['autoscalers'] : []),
    ],
  };
}

interface Look {
  readonly connection: Connection;
  readonly ref: DeploymentRef;
  readonly signal: AbortSignal;
}

async function readDeployment(look: Look): Promise<V1Deployment> {
  const { connection, ref, signal } = look;
  return reading(look, 'get deployments', () =>
    connection.apps.readNamespacedDeployment(
      { name: ref.name, namespace: ref.namespace },
      callOptions(connection, signal),
    ),
  );
}

async function readNewestReplicaSet(look: Look, deployment: V1Deployment): Promise<V1ReplicaSet | undefined> {
  const { connection, ref, signal } = look;
  const labels = deployment.spec?.selector.matchLabels ?? {};
  const list = await reading(look, 'list replicasets', () =>
    connection.apps.listNamespacedReplicaSet(
      {
        namespace: ref.namespace,
        labelSelector: Object.entries(labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(','),
      },
      callOptions(connection, signal),
    ),
  );
  const revision = deployment.metadata?.annotations?.[REVISION];
  return list.items.find(
    ({ metadata }) =>
      metadata?.annotations?.[REVISION] === revision &&
      metadata?.ownerReferences?.some((owner) => owner.uid === deployment.metadata?.uid) === true,
  );
}

interface FoundBudget {
  readonly budget: DisruptionBudget;
  readonly selector: V1LabelSelector | undefined;
}

async function readBudgets(look: Look): Promise<readonly FoundBudget[]> {
  const { connection, ref, signal } = look;
  const list = await reading(look, 'list poddisruptionbudgets', () =>
    connection.policy.listNamespacedPodDisruptionBudget(
      { namespace: ref.namespace },
      callOptions(connection, signal),
    ),
  );
  return list.items.map(({ metadata, spec }) => ({
    budget: {
      name: metadata?.name ?? '',
      minAvailable: spec?.minAvailable === undefined ? null : String(spec.minAvailable),
      maxUnavailable: spec?.maxUnavailable === undefined ? null : String(spec.maxUnavailable),
    },
    selector: spec?.selector,
  }));
}

async function readAutoscaler(look: Look): Promise<Autoscaler | null> {
  const { connection, ref, signal } = look;
  const list = await reading(look, 'list horizontalpodautoscalers', () =>
    connection.autoscaling.listNamespacedHorizontalPodAutoscaler(
      { namespace: ref.namespace },
      callOptions(connection, signal),
    ),
  );
  const found = list.items.find(
    ({ spec }) => spec?.scaleTargetRef.kind === 'Deployment' && spec.scaleTargetRef.name === ref.name,
  );
  if (found?.spec === undefined) return null;
  return {
    name: found.metadata?.name ?? '',
    min: found.spec.minReplicas ?? 1,
    max: found.spec.maxReplicas,
  };
}

async function reading<T>(look: Look, right: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw classifyError(thrown, {
      right,
      namespace: look.ref.namespace,
      context: look.connection.context,
      isWrite: false,
    });
  }
}

/** Undefined when the right is missing, or when the cluster does not have this kind of object. */
async function ifAllowed<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof CodedError && (error.code === 'not_allowed' || error.code === 'not_found')) {
      return undefined;
    }
    throw error;
  }
}

/** Whether a budget's selector takes in the pods of a deployment; an empty one takes in all of the namespace. */
function selects(selector: V1LabelSelector | undefined, deployment: V1Deployment): boolean {
  const labels = deployment.spec?.template.metadata?.labels ?? {};
  if (selector === undefined) return false;
  const plain = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  const expressions = (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      default:
        return value === undefined;
    }
  });
  return plain && expressions;
}
