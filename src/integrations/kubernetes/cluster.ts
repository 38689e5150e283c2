import type { ClusterReader, ClusterWriter, Deployment, DeploymentRef } from '../../ports/cluster.ts';
import { callOptions } from './call-options.ts';
import { checkRef } from './check-name.ts';
import { classifyError } from './classify-error.ts';
import { createConnect } from './connect.ts';
import type { Connect } from './connect.ts';
import { followRollout } from './follow-rollout.ts';
import { observeDeployment } from './observe-deployment.ts';
import { RESTARTED_AT, toDeployment } from './to-deployment.ts';

export interface Clusters {
  readonly reader: ClusterReader;
  readonly writer: ClusterWriter;
  /** Loads the library, which takes a second: call it when the process is ready, so that nobody waits for it. */
  warmUp(): Promise<void>;
}

/** Milliseconds for a write. */
const WRITE_TIMEOUT = 5_000;

/** @param kubeconfig path of the file; null takes the account of the pod that Tocsin runs in */
export function createClusters(kubeconfig: string | null): Clusters {
  const connect = createConnect(kubeconfig);
  return {
    reader: {
      observeDeployment: async (ref, { timeoutMs }) => {
        checkRef(ref);
        return observeDeployment(await connect(ref.context), ref, timeoutMs);
      },
      followRollout: async (ref, options) => {
        checkRef(ref);
        return followRollout(await connect(ref.context), ref, options);
      },
    },
    writer: {
      restartDeployment: (ref, input) => restartDeployment(connect, ref, input),
    },
    warmUp: async () => {
      await import('@kubernetes/client-node');
    },
  };
}

async function restartDeployment(
  connect: Connect,
  ref: DeploymentRef,
  input: { readonly restartedAt: string; readonly resourceVersion: string },
): Promise<Deployment> {
  checkRef(ref);
  const connection = await connect(ref.context);
  const body = {
    // Makes the server refuse (409) when anything changed since it was looked at.
    metadata: { resourceVersion: input.resourceVersion },
    spec: { template: { metadata: { annotations: { [RESTARTED_AT]: input.restartedAt } } } },
  };
  try {
    const object = await connection.apps.patchNamespacedDeployment(
      { name: ref.name, namespace: ref.namespace, body, fieldManager: 'tocsin' },
      callOptions(
        connection,
        AbortSignal.timeout(WRITE_TIMEOUT),
        connection.library.PatchStrategy.MergePatch,
      ),
    );
    return toDeployment(connection.context, object);
  } catch (thrown) {
    throw classifyError(thrown, {
      right: 'patch deployments',
      namespace: ref.namespace,
      context: connection.context,
      isWrite: true,
    });
  }
}
