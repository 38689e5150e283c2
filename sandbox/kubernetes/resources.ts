import type { Resource } from './objects.ts';

export type ResourceInfo = {
  resource: Resource;
  singular: string;
  kind: string;
  /** '' is the core group. */
  group: string;
  version: string;
  namespaced: boolean;
  shortNames: string[];
  categories?: string[];
  verbs: string[];
  /** Subresource → the kind it speaks, with its group and version where they differ. */
  subresources: Record<string, { kind: string; group?: string; version?: string; verbs: string[] }>;
};

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'patch', 'update'];
const SCALE = { kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] };
const status = (kind: string) => ({ status: { kind, verbs: ['get', 'patch', 'update'] } });

/** Everything the cluster serves: what discovery tells and what the router accepts. */
export const RESOURCES: readonly ResourceInfo[] = [
  {
    resource: 'namespaces',
    singular: 'namespace',
    kind: 'Namespace',
    group: '',
    version: 'v1',
    namespaced: false,
    shortNames: ['ns'],
    verbs: READ,
    subresources: {},
  },
  {
    resource: 'pods',
    singular: 'pod',
    kind: 'Pod',
    group: '',
    version: 'v1',
    namespaced: true,
    shortNames: ['po'],
    categories: ['all'],
    verbs: [...READ, 'delete', 'patch', 'update'],
    subresources: { ...status('Pod'), log: { kind: 'Pod', verbs: ['get'] } },
  },
  {
    resource: 'events',
    singular: 'event',
    kind: 'Event',
    group: '',
    version: 'v1',
    namespaced: true,
    shortNames: ['ev'],
    verbs: READ,
    subresources: {},
  },
  {
    resource: 'deployments',
    singular: 'deployment',
    kind: 'Deployment',
    group: 'apps',
    version: 'v1',
    namespaced: true,
    shortNames: ['deploy'],
    categories: ['all'],
    verbs: [...READ, ...WRITE],
    subresources: { ...status('Deployment'), scale: SCALE },
  },
  {
    resource: 'replicasets',
    singular: 'replicaset',
    kind: 'ReplicaSet',
    group: 'apps',
    version: 'v1',
    namespaced: true,
    shortNames: ['rs'],
    categories: ['all'],
    verbs: READ,
    subresources: {},
  },
  {
    resource: 'horizontalpodautoscalers',
    singular: 'horizontalpodautoscaler',
    kind: 'HorizontalPodAutoscaler',
    group: 'autoscaling',
    version: 'v2',
    namespaced: true,
    shortNames: ['hpa'],
    categories: ['all'],
    verbs: [...READ, 'patch', 'update'],
    subresources: {},
  },
  {
    resource: 'poddisruptionbudgets',
    singular: 'poddisruptionbudget',
    kind: 'PodDisruptionBudget',
    group: 'policy',
    version: 'v1',
    namespaced: true,
    shortNames: ['pdb'],
    verbs: [...READ, 'patch', 'update'],
    subresources: {},
  },
  {
    resource: 'events',
    singular: 'event',
    kind: 'Event',
    group: 'events.k8s.io',
    version: 'v1',
    namespaced: true,
    shortNames: ['ev'],
    verbs: READ,
    subresources: {},
  },
];

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(info: { group: string; version: string }): string {
  return info.group === '' ? info.version : `${info.group}/${info.version}`;
}

/** `deployments.apps`, as messages name it. */
export function qualifiedName(info: ResourceInfo): string {
  return info.group === '' ? info.resource : `${info.resource}.${info.group}`;
}
