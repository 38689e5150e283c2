import { join } from 'node:path';
import type { AlertSource } from './alerts/define-alert-source.ts';
import { loadAlertSources } from './alerts/load-alert-sources.ts';
import type { Actions } from './executions/define-action.ts';
import { loadActions } from './executions/load-actions.ts';
import type { CommandDefinition } from './slack/define-command.ts';
import type { RendererDefinition } from './slack/define-renderer.ts';
import { loadCommands } from './slack/register-commands.ts';
import { loadListeners } from './slack/register-listeners.ts';
import type { ListenerTables } from './slack/register-listeners.ts';
import { loadRenderers } from './slack/register-renderers.ts';
import type { SurfaceKind } from './surfaces/model.ts';

/** Everything that is found by the loader: one file each, nothing to register. */
export interface Definitions {
  readonly sources: ReadonlyMap<string, AlertSource>;
  readonly actions: Actions;
  readonly commands: ReadonlyMap<string, CommandDefinition>;
  readonly listeners: ListenerTables;
  readonly renderers: ReadonlyMap<SurfaceKind, RendererDefinition>;
  /** What was found, in one line. */
  readonly summary: string;
}

export const PLAYBOOKS_FOLDER = join(import.meta.dirname, '..', 'playbooks');

/** Loads every definition; throws with all that is wrong with a kind of them. */
export async function loadDefinitions(): Promise<Definitions> {
  const [sources, actions, commands, listeners, renderers] = await Promise.all([
    loadAlertSources(),
    loadActions(),
    loadCommands(),
    loadListeners(),
    loadRenderers(),
  ]);
  const summary = [
    `alert sources ${[...sources.keys()].join(' ')}`,
    `actions ${[...actions.keys()].join(' ')}`,
    `commands ${[...commands.keys()].join(' ')}`,
    `renderers ${[...renderers.keys()].join(' ')}`,
    `${listeners.actions.size} buttons, ${listeners.views.size} modals, ${listeners.shortcuts.size} shortcuts`,
  ].join('; ');
  return { sources, actions, commands, listeners, renderers, summary };
}
