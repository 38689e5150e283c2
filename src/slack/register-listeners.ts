import { join } from 'node:path';
import { loadModules } from '../lib/load-modules.ts';
import { isListener } from './define-listener.ts';
import type {
  ActionHandler,
  EventHandler,
  ListenerDefinition,
  ModalActionHandler,
  ShortcutHandler,
  ViewHandler,
} from './define-listener.ts';

/** All handlers by the id that Slack sends. */
export interface ListenerTables {
  readonly actions: ReadonlyMap<string, ActionHandler>;
  readonly modalActions: ReadonlyMap<string, ModalActionHandler>;
  readonly views: ReadonlyMap<string, ViewHandler>;
  readonly shortcuts: ReadonlyMap<string, ShortcutHandler>;
  /** Several listeners may want one event. */
  readonly events: ReadonlyMap<string, readonly EventHandler[]>;
}

const FOLDER = join(import.meta.dirname, 'listeners');

/** Loads src/slack/listeners/*; an id that two files claim is refused. */
export async function loadListeners(folder: string = FOLDER): Promise<ListenerTables> {
  const loaded = await loadModules<ListenerDefinition>({
    folder,
    what: 'listener',
    isDefinition: isListener,
    idOf: (listener) => listener.name,
  });
  return registerListeners(loaded.map((one) => one.definition));
}

/** @throws Error naming every id that is claimed twice */
export function registerListeners(listeners: readonly ListenerDefinition[]): ListenerTables {
  const problems: string[] = [];
  const tables = {
    actions: merge(listeners, 'actions', (listener) => listener.actions, problems),
    modalActions: merge(listeners, 'modalActions', (listener) => listener.modalActions, problems),
    views: merge(listeners, 'views', (listener) => listener.views, problems),
    shortcuts: merge(listeners, 'shortcuts', (listener) => listener.shortcuts, problems),
    events: collectEvents(listeners),
  };
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return tables;
}

function merge<Handler>(
  listeners: readonly ListenerDefinition[],
  kind: string,
  tableOf: (listener: ListenerDefinition) => Readonly<Record<string, Handler>> | undefined,
  problems: string[],
): ReadonlyMap<string, Handler> {
  const merged = new Map<string, Handler>();
  const owners = new Map<string, string>();
  for (const listener of listeners) {
    for (const [id, handler] of Object.entries(tableOf(listener) ?? {})) {
      const owner = owners.get(id);
      if (owner !== undefined) problems.push(`${kind} ${id} is claimed by ${owner} and ${listener.name}`);
      owners.set(id, listener.name);
      merged.set(id, handler);
    }
  }
  return merged;
}

function collectEvents(
  listeners: readonly ListenerDefinition[],
): ReadonlyMap<string, readonly EventHandler[]> {
  const events = new Map<string, EventHandler[]>();
  for (const listener of listeners) {
    for (const [type, handler] of Object.entries(listener.events ?? {})) {
      events.set(type, [...(events.get(type) ?? []), handler]);
    }
  }
  return events;
}
