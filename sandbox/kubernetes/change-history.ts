import type { KubeObject, Resource } from './objects.ts';

export type Change = {
  /** The write's resource version. */
  version: number;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resource: Resource;
  object: KubeObject;
  /** What stood there before: a watch with a selector needs it. */
  previous?: KubeObject;
};

export type History = {
  /** The version of the last write. */
  version: () => number;
  /** Takes the version for a write. */
  next: () => number;
  /** Remembers a write and tells the listeners. */
  add: (change: Change) => void;
  /** Writes after that version, or undefined when they are no longer (or not yet) all known. */
  since: (version: number) => Change[] | undefined;
  oldest: () => number;
  subscribe: (listener: (change: Change) => void) => () => void;
  /** Nothing before is known any more, and the version leaps. */
  forget: (leap: number) => void;
};

/** The version counter and a memory of the last changes, as many as `memory`. */
export function createHistory(start: number, memory: number): History {
  const listeners = new Set<(change: Change) => void>();
  let changes: Change[] = [];
  let version = start;
  let oldest = start;
  return {
    version: () => version,
    next: () => {
      version += 1;
      return version;
    },
    add: (change) => {
      changes.push(change);
      if (changes.length > memory) oldest = changes.shift()?.version ?? oldest;
      for (const listener of listeners) listener(change);
    },
    since: (from) => {
      if (from < oldest || from > version) return undefined;
      return changes.filter((change) => change.version > from);
    },
    oldest: () => oldest,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    forget: (leap) => {
      changes = [];
      version += leap;
      oldest = version;
    },
  };
}
