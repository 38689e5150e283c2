import { join } from 'node:path';
import { loadModules } from '../lib/load-modules.ts';
import { isCommand } from './define-command.ts';
import type { CommandDefinition } from './define-command.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'commands');

/** Loads commands/*, by name; two of one name cannot be, since the name is the file's. */
export async function loadCommands(folder: string = FOLDER): Promise<ReadonlyMap<string, CommandDefinition>> {
  const loaded = await loadModules<CommandDefinition>({
    folder,
    what: 'command',
    isDefinition: isCommand,
    idOf: (command) => command.name,
  });
  return new Map(loaded.map((one) => [one.id, one.definition]));
}
