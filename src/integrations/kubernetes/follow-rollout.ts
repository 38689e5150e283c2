import { setTimeout as wait } from 'node:timers/promises';
import type { V1Deployment } from '@kubernetes/client-node';
import { CodedError } from '../../errors.ts';
import type { Deployment, DeploymentRef, FollowOptions, RolloutVerdict } from '../../ports/cluster.ts';
import { callOptions } from './call-options.ts';
import { classifyError } from './classify-error.ts';
import type { Connection } from './connect.ts';
import { rolloutVerdict } from './rollout-verdict.ts';
import { toDeployment } from './to-deployment.ts';

/** Milliseconds of a single read, and of silence after which a watch counts as broken (half-open connections). */
const READ_TIMEOUT = 5_000;
const SILENCE_TIMEOUT = 10_000;
/** Milliseconds between tries while the cluster does not answer; short, since a verdict is due 2 s after it is known. */
const RETRY = 500;
/** Seconds after which the server ends a watch by itself. */
const WATCH_SECONDS = 300;

/** Reads, then watches from there on; whenever the watch ends, for whatever reason, reads again. */
export async function followRollout(
  connection: Connection,
  ref: DeploymentRef,
  options: FollowOptions,
): Promise<RolloutVerdict> {
  for (;;) {
    throwIfAborted(options.signal);
    const state = await readState(connection, ref, options.signal);
    if (state === 'no answer') {
      await pause(options.signal);
      continue;
    }
    const verdict = judge(state.deployment, ref, options);
    if (verdict !== undefined) return verdict;
    const watched = await watchOnce(connection, ref, state.resourceVersion, options);
    if (watched !== undefined) return watched;
    await pause(options.signal, 50);
  }
}

interface ReadState {
  readonly deployment: Deployment | undefined;
  readonly resourceVersion: string;
}

/** One deployment as a list, whose resourceVersion is where a watch goes on without a gap. */
async function readState(
  connection: Connection,
  ref: DeploymentRef,
  signal: AbortSignal,
): Promise<ReadState | 'no answer'> {
  const facts = {
    right: 'list deployments',
    namespace: ref.namespace,
    context: connection.context,
    isWrite: false,
  };
  try {
    const list = await connection.apps.listNamespacedDeployment(
      { namespace: ref.namespace, fieldSelector: `metadata.name=${ref.name}` },
      callOptions(connection, AbortSignal.any([signal, AbortSignal.timeout(READ_TIMEOUT)])),
    );
    const object = list.items.find((item) => item.metadata?.name === ref.name);
    return {
      deployment: object === undefined ? undefined : toDeployment(connection.context, object),
      resourceVersion: list.metadata?.resourceVersion ?? '',
    };
  } catch (thrown) {
    throwIfAborted(signal);
    const error = classifyError(thrown, facts);
    if (error.retryable) return 'no answer';
    throw error;
  }
}

function judge(
  deployment: Deployment | undefined,
  ref: DeploymentRef,
  options: FollowOptions,
): RolloutVerdict | undefined {
  if (deployment === undefined) {
    return {
      outcome: 'failed',
      text: `The deployment ${ref.name} was deleted while it rolled out.`,
      deployment: null,
    };
  }
  options.onProgress(deployment);
  return rolloutVerdict(deployment);
}

/** Watches until a verdict or until the watch ends (undefined): closed, reset, silent, expired (410) or aborted. */
async function watchOnce(
  connection: Connection,
  ref: DeploymentRef,
  resourceVersion: string,
  options: FollowOptions,
): Promise<RolloutVerdict | undefined> {
  const watch = new connection.library.Watch(connection.config);
  const ended = Promise.withResolvers<RolloutVerdict | undefined>();
  const stop = (): void => ended.resolve(undefined);
  const silence = setTimeout(stop, SILENCE_TIMEOUT);
  options.signal.addEventListener('abort', stop, { once: true });
  const onEvent = (type: string, object: V1Deployment): void => {
    silence.refresh();
    if (type === 'BOOKMARK') return;
    if (type === 'ERROR') return stop();
    const deployment = type === 'DELETED' ? undefined : toDeployment(connection.context, object);
    try {
      const verdict = judge(deployment, ref, options);
      if (verdict !== undefined) ended.resolve(verdict);
    } catch (error) {
      // The library would swallow what a callback throws.
      ended.reject(error);
    }
  };
  const query = {
    fieldSelector: `metadata.name=${ref.name}`,
    resourceVersion,
    allowWatchBookmarks: true,
    timeoutSeconds: WATCH_SECONDS,
  };
  const path = `/apis/apps/v1/namespaces/${encodeURIComponent(ref.namespace)}/deployments`;
  const running = watch.watch(path, query, onEvent, stop);
  try {
    return await ended.promise;
  } finally {
    clearTimeout(silence);
    options.signal.removeEventListener('abort', stop);
    // The controller exists once the server has answered; a failed connection has ended by itself.
    void running.then((controller) => controller.abort(), stop);
  }
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new CodedError('unavailable', 'Following the rollout was stopped.', { cause: signal.reason });
  }
}

async function pause(signal: AbortSignal, milliseconds: number = RETRY): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch(() => throwIfAborted(signal));
}
