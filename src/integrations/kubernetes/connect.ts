import { existsSync } from 'node:fs';
import type * as kubernetes from '@kubernetes/client-node';
import type { AppsV1Api, AutoscalingV2Api, KubeConfig, PolicyV1Api } from '@kubernetes/client-node';
import { CodedError } from '../../errors.ts';

/** The library takes about a second to load, so it is loaded once, after the start or at first use. */
type Library = typeof kubernetes;

export interface Connection {
  readonly library: Library;
  readonly config: KubeConfig;
  /** The context's name, also when the current one was meant. */
  readonly context: string;
  readonly apps: AppsV1Api;
  readonly policy: PolicyV1Api;
  readonly autoscaling: AutoscalingV2Api;
}

export type Connect = (context: string | null) => Promise<Connection>;

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * Connections by context, each made once.
 * @param kubeconfig path of the file; null takes the account of the pod we run in
 */
export function createConnect(kubeconfig: string | null): Connect {
  const connections = new Map<string | null, Connection>();
  return async (context) => {
    const known = connections.get(context);
    if (known !== undefined) return known;
    const made = makeConnection(await import('@kubernetes/client-node'), kubeconfig, context);
    connections.set(context, made);
    return made;
  };
}

function makeConnection(library: Library, kubeconfig: string | null, context: string | null): Connection {
  const config = loadConfig(library, kubeconfig);
  if (context !== null) {
    if (config.getContextObject(context) === null) {
      throw new CodedError('config', `The kubeconfig has no context ${context}.`);
    }
    config.setCurrentContext(context);
  }
  return {
    library,
    config,
    context: config.getCurrentContext(),
    apps: config.makeApiClient(library.AppsV1Api),
    policy: config.makeApiClient(library.PolicyV1Api),
    autoscaling: config.makeApiClient(library.AutoscalingV2Api),
  };
}

function loadConfig(library: Library, kubeconfig: string | null): KubeConfig {
  const config = new library.KubeConfig();
  if (kubeconfig === null && !existsSync(SERVICE_ACCOUNT)) {
    throw new CodedError('config', 'Tocsin has no cluster: set KUBECONFIG, or run it in one.');
  }
  try {
    if (kubeconfig === null) config.loadFromCluster();
    else config.loadFromFile(kubeconfig);
  } catch (cause) {
    throw new CodedError('config', 'The kubeconfig cannot be read.', { cause });
  }
  return config;
}
