import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface LoadedModule<T> {
  readonly id: string;
  readonly file: string;
  readonly definition: T;
}

export interface LoadOptions<T> {
  readonly folder: string;
  /** What one file defines, for error messages: "command", "action". */
  readonly what: string;
  readonly isDefinition: (value: unknown) => value is T;
  /** The id that the definition gives itself; it must be the file's name. */
  readonly idOf: (definition: T) => string;
}

const FILE_NAME = /^([a-z][a-z0-9-]*)\.ts$/;

/**
 * Loads every definition file of a folder: file name = id, one default export. All problems are reported in one
 * error (a stray file, a missing default export, an id that differs from the name), since a half-loaded bot is worse
 * than one that does not start.
 */
export async function loadModules<T>(options: LoadOptions<T>): Promise<readonly LoadedModule<T>[]> {
  const problems: string[] = [];
  const loaded: LoadedModule<T>[] = [];
  for (const name of (await readdir(options.folder)).sort()) {
    const file = join(options.folder, name);
    const id = FILE_NAME.exec(name)?.[1];
    if (id === undefined) {
      problems.push(
        `${file}: a ${options.what} file is named like its id: lower case, digits and dashes, .ts`,
      );
      continue;
    }
    const definition = await importDefault(file);
    if (!options.isDefinition(definition)) {
      problems.push(`${file}: the default export is not a ${options.what}`);
    } else if (options.idOf(definition) !== id) {
      problems.push(
        `${file}: the ${options.what} calls itself ${options.idOf(definition)}; the file name says ${id}`,
      );
    } else {
      loaded.push({ id, file, definition });
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return loaded;
}

async function importDefault(file: string): Promise<unknown> {
  const module: unknown = await import(pathToFileURL(file).href);
  return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
}
