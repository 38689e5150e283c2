import type { Collection, Journal } from '../journal.ts';
import type { Kinds, KubeObject, Resource } from './objects.ts';

export type Tables = { [R in Resource]: Collection<Kinds[R]> };

/** One collection of the journal for each kind. */
export function openTables(journal: Journal): Tables {
  return {
    namespaces: journal.collection('kubernetes.namespaces'),
    deployments: journal.collection('kubernetes.deployments'),
    replicasets: journal.collection('kubernetes.replicasets'),
    pods: journal.collection('kubernetes.pods'),
    events: journal.collection('kubernetes.events'),
    poddisruptionbudgets: journal.collection('kubernetes.poddisruptionbudgets'),
    horizontalpodautoscalers: journal.collection('kubernetes.horizontalpodautoscalers'),
  };
}

/** The version of the youngest object that is still there. */
export function highestVersion(tables: Tables): number {
  const all: (() => KubeObject[])[] = Object.values(tables).map((table) => table.values);
  return Math.max(0, ...all.flatMap((values) => values().map((one) => Number(one.metadata.resourceVersion))));
}
