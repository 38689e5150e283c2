import { join } from 'node:path';
import { loadModules } from '../lib/load-modules.ts';
import { isAction } from './define-action.ts';
import type { Actions } from './define-action.ts';

const FOLDER = join(import.meta.dirname, '..', 'actions');

/** All actions by id; throws with every problem when one of the files defines none. */
export async function loadActions(folder: string = FOLDER): Promise<Actions> {
  const loaded = await loadModules({
    folder,
    what: 'action',
    isDefinition: isAction,
    idOf: (action) => action.id,
  });
  return new Map(loaded.map(({ id, definition }) => [id, definition]));
}
