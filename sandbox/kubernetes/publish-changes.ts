import type { EventHub } from '../events.ts';
import { ownerOf } from './cluster-parts.ts';
import type { Change } from './change-history.ts';
import type { Store } from './store.ts';

/** Changes that come this close together are told once. */
const TOGETHER_MS = 100;

/** Tells the page which deployments changed visibly; returns what stops it. */
export function publishChanges(store: Store, events: EventHub): () => void {
  const changed = new Map<string, { namespace: string; name: string }>();
  let waiting: NodeJS.Timeout | undefined;
  const tell = (): void => {
    waiting = undefined;
    const deployments = [...changed.values()];
    changed.clear();
    events.publish({ type: 'cluster', deployments });
  };
  const stop = store.subscribe((change) => {
    const name = deploymentBehind(store, change);
    if (name === undefined) return;
    const namespace = change.object.metadata.namespace ?? '';
    changed.set(`${namespace}/${name}`, { namespace, name });
    waiting ??= setTimeout(tell, TOGETHER_MS);
    waiting.unref();
  });
  return () => {
    stop();
    clearTimeout(waiting);
  };
}

function deploymentBehind(store: Store, change: Change): string | undefined {
  const { object } = change;
  if (object.kind === 'Deployment') return object.metadata.name;
  if (object.kind !== 'Pod') return undefined;
  const replicaSet = store.get(
    'replicasets',
    object.metadata.namespace ?? '',
    ownerOf(object, 'ReplicaSet') ?? '',
  );
  return replicaSet && ownerOf(replicaSet, 'Deployment');
}
