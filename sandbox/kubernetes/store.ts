import type { Collection, Journal } from '../journal.ts';
import { type Change, createHistory, type History } from './change-history.ts';
import type { Kinds, KubeObject, Resource } from './objects.ts';
import { sameJson } from './same-json.ts';
import { highestVersion, openTables } from './tables.ts';

export type Store = {
  get: <R extends Resource>(resource: R, namespace: string, name: string) => Kinds[R] | undefined;
  /** All of one namespace, or of the whole cluster, ordered by namespace and name. */
  list: <R extends Resource>(resource: R, namespace?: string) => Kinds[R][];
  /** Stores a new object; resourceVersion is set here. */
  create: <R extends Resource>(resource: R, object: Kinds[R]) => Kinds[R];
  /**
   * Changes a copy of the stored object and stores it when something differs (or `force` is set). Generation
   * goes up when the spec differs. Undefined when the object is gone.
   */
  update: <R extends Resource>(
    resource: R,
    at: Named,
    change: (draft: Kinds[R]) => void,
    force?: boolean,
  ) => Kinds[R] | undefined;
  remove: (resource: Resource, at: Named) => KubeObject | undefined;
  /** The version of the last write. */
  version: () => number;
  /** Writes after that version, or undefined when they are no longer all known. */
  since: (version: number) => Change[] | undefined;
  oldest: () => number;
  subscribe: (listener: (change: Change) => void) => () => void;
  /** After the journal was emptied: no object is left, and no earlier version is known. */
  forget: () => void;
};

export type Named = { metadata: { name: string; namespace?: string | undefined } };

/** Added after a restart: versions that deleted objects had must not come again. */
const RESTART_GAP = 1000;

/**
 * The cluster's objects, each in the journal, with one version counter over all of them and a short memory of
 * changes for watches. `memory` is how many changes a watch can look back.
 */
export function createStore(journal: Journal, memory = 1000): Store {
  const tables = openTables(journal);
  const table = <R extends Resource>(resource: R): Collection<Kinds[R]> => tables[resource];
  const history = createHistory(highestVersion(tables) + RESTART_GAP, memory);
  return {
    ...readers(table),
    ...writers(table, history),
    version: history.version,
    oldest: history.oldest,
    since: history.since,
    subscribe: history.subscribe,
    forget: () => history.forget(RESTART_GAP),
  };
}

type Access = <R extends Resource>(resource: R) => Collection<Kinds[R]>;

function readers(table: Access): Pick<Store, 'get' | 'list'> {
  return {
    get: (resource, namespace, name) => table(resource).get(`${namespace}/${name}`),
    list: (resource, namespace) => {
      const all = table(resource).values();
      const found = namespace === undefined ? all : all.filter((one) => one.metadata.namespace === namespace);
      return found.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    },
  };
}

function writers(table: Access, history: History): Pick<Store, 'create' | 'update' | 'remove'> {
  return {
    create: (resource, object) => {
      const version = history.next();
      const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
      table(resource).set(keyOf(stored), stored);
      history.add({ version, type: 'ADDED', resource, object: stored });
      return stored;
    },
    update: (resource, at, change, force = false) => {
      const previous = table(resource).get(keyOf(at));
      if (!previous) return undefined;
      const draft = structuredClone(previous);
      change(draft);
      if (!force && sameJson(draft, previous)) return previous;
      const version = history.next();
      draft.metadata.resourceVersion = String(version);
      if (previous.metadata.generation !== undefined && !sameJson(specOf(draft), specOf(previous))) {
        draft.metadata.generation = previous.metadata.generation + 1;
      }
      table(resource).set(keyOf(at), draft);
      history.add({ version, type: 'MODIFIED', resource, object: draft, previous });
      return draft;
    },
    remove: (resource, at) => {
      const previous = table(resource).get(keyOf(at));
      if (!previous) return undefined;
      const version = history.next();
      table(resource).delete(keyOf(at));
      const object = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(version) } };
      history.add({ version, type: 'DELETED', resource, object, previous });
      return object;
    },
  };
}

function keyOf(at: Named): string {
  return `${at.metadata.namespace ?? ''}/${at.metadata.name}`;
}

function specOf(object: KubeObject): unknown {
  return 'spec' in object ? object.spec : undefined;
}
