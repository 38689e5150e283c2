import { age } from './kube-time.ts';
import type {
  Autoscaler,
  Deployment,
  DisruptionBudget,
  KubeEvent,
  Pod,
  ReplicaSet,
  Resource,
} from './objects.ts';
import {
  autoscalerSchema,
  budgetSchema,
  deploymentSchema,
  eventSchema,
  namespaceSchema,
  podSchema,
  replicaSetSchema,
} from './objects.ts';
import type { ResourceInfo } from './resources.ts';
import { podReason } from './pod-reason.ts';

export type Column = {
  name: string;
  number?: boolean;
  /** Shown by `-o wide` only. */
  wide?: boolean;
  cell: (object: Record<string, unknown>, now: number) => string | number;
};

type Cell<T> = (object: T, now: number) => string | number;
type Named = { metadata: { name: string; creationTimestamp: string } };

/** The columns that kubectl prints for that kind. */
export function columnsOf(info: ResourceInfo): Column[] {
  return info.group === 'events.k8s.io' ? PLAIN : COLUMNS[info.resource];
}

/** Columns for objects that `parse` reads; the stored objects always pass. */
function columns<T>(
  parse: (object: unknown) => T,
  list: [name: string, cell: Cell<T>, how?: 'number' | 'wide'][],
): Column[] {
  return list.map(([name, cell, how]) => ({
    name,
    number: how === 'number',
    wide: how === 'wide',
    cell: (object, now) => cell(parse(object), now),
  }));
}

const name: Cell<Named> = (one) => one.metadata.name;
const ageCell: Cell<Named> = (one, now) => age(one.metadata.creationTimestamp, now);

type Templated = Pick<Deployment | ReplicaSet, 'spec'>;
const containers: Cell<Templated> = (one) =>
  one.spec.template.spec.containers.map((each) => each.name).join(',');
const images: Cell<Templated> = (one) =>
  one.spec.template.spec.containers.map((each) => each.image).join(',');
const selector: Cell<Templated> = (one) =>
  Object.entries(one.spec.selector.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

const PLAIN: Column[] = [{ name: 'Name', cell: (object) => nameOf(object) }];

const COLUMNS: Record<Resource, Column[]> = {
  namespaces: columns(
    (object) => namespaceSchema.parse(object),
    [
      ['Name', name],
      ['Status', (one) => one.status.phase],
      ['Age', ageCell],
    ],
  ),
  deployments: columns<Deployment>(
    (object) => deploymentSchema.parse(object),
    [
      ['Name', name],
      ['Ready', (one) => `${one.status.readyReplicas ?? 0}/${one.spec.replicas}`],
      ['Up-to-date', (one) => one.status.updatedReplicas ?? 0, 'number'],
      ['Available', (one) => one.status.availableReplicas ?? 0, 'number'],
      ['Age', ageCell],
      ['Containers', containers, 'wide'],
      ['Images', images, 'wide'],
      ['Selector', selector, 'wide'],
    ],
  ),
  replicasets: columns<ReplicaSet>(
    (object) => replicaSetSchema.parse(object),
    [
      ['Name', name],
      ['Desired', (one) => one.spec.replicas, 'number'],
      ['Current', (one) => one.status.replicas, 'number'],
      ['Ready', (one) => one.status.readyReplicas ?? 0, 'number'],
      ['Age', ageCell],
      ['Containers', containers, 'wide'],
      ['Images', images, 'wide'],
      ['Selector', selector, 'wide'],
    ],
  ),
  pods: columns<Pod>(
    (object) => podSchema.parse(object),
    [
      ['Name', name],
      [
        'Ready',
        (one) =>
          `${one.status.containerStatuses.filter((each) => each.ready).length}/${one.spec.containers.length}`,
      ],
      ['Status', podReason],
      ['Restarts', restarts],
      ['Age', ageCell],
      ['IP', (one) => one.status.podIP ?? '<none>', 'wide'],
      ['Node', (one) => one.spec.nodeName ?? '<none>', 'wide'],
      ['Nominated Node', () => '<none>', 'wide'],
      ['Readiness Gates', () => '<none>', 'wide'],
    ],
  ),
  events: columns<KubeEvent>(
    (object) => eventSchema.parse(object),
    [
      ['Last Seen', (one, now) => age(one.lastTimestamp, now)],
      ['Type', (one) => one.type],
      ['Reason', (one) => one.reason],
      ['Object', (one) => `${one.involvedObject.kind.toLowerCase()}/${one.involvedObject.name}`],
      ['Subobject', (one) => one.involvedObject.fieldPath ?? '', 'wide'],
      ['Source', (one) => one.source.component, 'wide'],
      ['Message', (one) => one.message],
      ['First Seen', (one, now) => age(one.firstTimestamp, now), 'wide'],
      ['Count', (one) => one.count, 'wide'],
      ['Name', name, 'wide'],
    ],
  ),
  poddisruptionbudgets: columns<DisruptionBudget>(
    (object) => budgetSchema.parse(object),
    [
      ['Name', name],
      ['Min Available', (one) => one.spec.minAvailable ?? 'N/A'],
      ['Max Unavailable', (one) => one.spec.maxUnavailable ?? 'N/A'],
      ['Allowed Disruptions', (one) => one.status.disruptionsAllowed, 'number'],
      ['Age', ageCell],
    ],
  ),
  horizontalpodautoscalers: columns<Autoscaler>(
    (object) => autoscalerSchema.parse(object),
    [
      ['Name', name],
      ['Reference', (one) => `${one.spec.scaleTargetRef.kind}/${one.spec.scaleTargetRef.name}`],
      ['Targets', () => 'cpu: 42%/70%'],
      ['MinPods', (one) => one.spec.minReplicas ?? 1],
      ['MaxPods', (one) => one.spec.maxReplicas, 'number'],
      ['Replicas', (one) => one.status.currentReplicas ?? 0, 'number'],
      ['Age', ageCell],
    ],
  ),
};

function restarts(pod: Pod, now: number): string {
  const [first] = pod.status.containerStatuses;
  const count = first?.restartCount ?? 0;
  const last = first?.lastState.terminated?.finishedAt;
  return last === undefined ? String(count) : `${count} (${age(last, now)} ago)`;
}

function nameOf(object: Record<string, unknown>): string {
  const { metadata } = object;
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata ? String(metadata.name) : '';
}
