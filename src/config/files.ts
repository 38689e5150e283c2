import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseDocument } from 'yaml';
import { prettifyError } from 'zod';
import type { ZodType } from 'zod';

/** Bytes: nobody writes more by hand, and a parser should not meet more. */
const MAX_FILE_BYTES = 256 * 1024;
/** A few aliases are convenience, many are an attack on the memory. */
const MAX_ALIASES = 20;

export interface ConfigFiles {
  /** Reads `<folder>/<name>` against the schema; a problem is noted and undefined comes back. */
  one<T>(name: string, schema: ZodType<T>): Promise<T | undefined>;
  /** Reads every .yml file of a subfolder, id = file name. */
  many<T>(subfolder: string, schema: ZodType<T>): Promise<ReadonlyMap<string, T>>;
  readonly problems: string[];
  hash(): string;
}

/** Reads YAML files of one folder, gathers every problem with file and line, and hashes what it read. */
export function openConfigFiles(folder: string): ConfigFiles {
  const problems: string[] = [];
  const hash = createHash('sha256');
  const read = <T>(name: string, schema: ZodType<T>): Promise<T | undefined> =>
    readOne({ folder, hash, problems }, name, schema);
  return {
    problems,
    one: read,
    many: async (subfolder, schema) => {
      const found = new Map();
      for (const name of await listYaml(join(folder, subfolder), problems)) {
        const value = await read(join(subfolder, name), schema);
        if (value !== undefined) found.set(basename(name, '.yml'), value);
      }
      return found;
    },
    hash: () => hash.copy().digest('hex'),
  };
}

async function listYaml(folder: string, problems: string[]): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.yml')).sort();
  } catch {
    problems.push(`${folder}: the folder cannot be read`);
    return [];
  }
}

async function readOne<T>(
  input: { readonly folder: string; readonly hash: Hash; readonly problems: string[] },
  name: string,
  schema: ZodType<T>,
): Promise<T | undefined> {
  const path = join(input.folder, name);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    input.problems.push(`${path}: the file cannot be read`);
    return undefined;
  }
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) {
    input.problems.push(`${path}: larger than ${MAX_FILE_BYTES} bytes`);
    return undefined;
  }
  input.hash.update(name).update('\0').update(text).update('\0');
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  for (const error of document.errors) input.problems.push(`${path}: ${error.message}`);
  if (document.errors.length > 0) return undefined;
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    input.problems.push(`${path}: more than ${MAX_ALIASES} aliases`);
    return undefined;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  input.problems.push(`${path}:\n${prettifyError(parsed.error)}`);
  return undefined;
}
