import { randomUUID } from 'node:crypto';

import type { KubeEvent, KubeObject } from './objects.ts';
import type { Store } from './store.ts';
import { kubeTime } from './kube-time.ts';

export type EventRecorder = {
  normal: (about: KubeObject, reason: string, message: string, component: string) => void;
  warning: (about: KubeObject, reason: string, message: string, component: string) => void;
};

/** Beyond this many events the oldest go, as a real cluster forgets them after an hour. */
const KEPT = 300;

type Said = {
  type: 'Normal' | 'Warning';
  about: KubeObject;
  reason: string;
  message: string;
  component: string;
};

/** Writes events; the same thing said again raises the count of the first. */
export function createEventRecorder(store: Store, now: () => number): EventRecorder {
  const record = (said: Said): void => {
    const { about } = said;
    const time = kubeTime(now());
    const all = store.list('events', about.metadata.namespace ?? 'default');
    const same = all.find(
      (event) =>
        event.involvedObject.uid === about.metadata.uid &&
        event.reason === said.reason &&
        event.message === said.message,
    );
    if (same) {
      store.update('events', same, (draft) => {
        draft.count += 1;
        draft.lastTimestamp = time;
      });
      return;
    }
    if (all.length >= KEPT) {
      const [oldest] = all.sort((a, b) => a.lastTimestamp.localeCompare(b.lastTimestamp));
      if (oldest) store.remove('events', oldest);
    }
    store.create('events', newEvent(said, time));
  };
  return {
    normal: (about, reason, message, component) =>
      record({ type: 'Normal', about, reason, message, component }),
    warning: (about, reason, message, component) =>
      record({ type: 'Warning', about, reason, message, component }),
  };
}

function newEvent({ type, about, reason, message, component }: Said, time: string): KubeEvent {
  const { name, namespace = 'default', uid, resourceVersion } = about.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${name}.${randomUUID().replaceAll('-', '').slice(0, 16)}`,
      namespace,
      uid: randomUUID(),
      resourceVersion: '',
      creationTimestamp: time,
    },
    involvedObject: { apiVersion: about.apiVersion, kind: about.kind, name, namespace, uid, resourceVersion },
    reason,
    message,
    type,
    count: 1,
    firstTimestamp: time,
    lastTimestamp: time,
    source: { component },
    reportingComponent: component,
    reportingInstance: '',
  };
}
