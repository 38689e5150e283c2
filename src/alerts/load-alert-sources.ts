import { join } from 'node:path';
import { loadModules } from '../lib/load-modules.ts';
import { isAlertSource } from './define-alert-source.ts';
import type { AlertSource } from './define-alert-source.ts';

const FOLDER = join(import.meta.dirname, '..', 'alert-sources');

/** Every sender Tocsin understands, by id. */
export async function loadAlertSources(folder: string = FOLDER): Promise<ReadonlyMap<string, AlertSource>> {
  const loaded = await loadModules({
    folder,
    what: 'alert source',
    isDefinition: isAlertSource,
    idOf: (source) => source.id,
  });
  return new Map(loaded.map(({ id, definition }) => [id, definition]));
}
