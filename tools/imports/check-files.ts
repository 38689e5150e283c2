import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { Import } from './read-imports.ts';
import { AREAS, DEFINITIONS, LOADERS, PACKAGES, PURE } from './rules.ts';

/** A file as seen: its path from the root of the repository, with slashes, and what it imports. */
export type SeenFile = { path: string; imports: Import[] };

/**
 * All violations of the table, one sentence each, with file and line. `tracked` is what has to be seen: a check that
 * overlooks files would succeed by looking at nothing.
 */
export function checkFiles(seen: readonly SeenFile[], tracked: readonly string[]): string[] {
  const paths = new Set(seen.map((file) => file.path));
  const problems = tracked
    .filter((path) => !paths.has(path))
    .map((path) => `${path}: was not seen by the import check`);
  if (seen.length === 0) problems.push('the import check saw no files at all');
  for (const file of seen) {
    if (!areaOf(file.path)) {
      problems.push(`${file.path}: belongs to no area; name its folder in tools/imports/rules.ts`);
      continue;
    }
    for (const one of file.imports) {
      const problem = checkImport(file.path, one);
      if (problem !== undefined) problems.push(`${file.path}:${one.line}: ${problem}`);
    }
  }
  return problems;
}

function checkImport(from: string, one: Import): string | undefined {
  if (one.target === undefined) {
    return LOADERS.includes(from) ? undefined : 'imports a computed path; only the loaders may';
  }
  if (one.target.startsWith('.')) return checkFile(from, resolve(from, one.target), one.typeOnly);
  if (isBuiltin(one.target)) return checkBuiltin(from, one.target);
  return checkPackage(from, one.target, one.typeOnly);
}

function checkFile(from: string, to: string, typeOnly: boolean): string | undefined {
  if (!to.endsWith('.ts')) return undefined; // JSON and the like
  if (DEFINITIONS.test(to))
    return `imports ${to}: definition files are found by the loader and imported by nobody`;
  const target = areaOf(to);
  if (!target) return `imports ${to}, which belongs to no area`;
  const source = areaOf(from);
  if (PURE.files.test(from)) return checkPure(from, to, typeOnly);
  if (source === target) return undefined;
  const may = [...(source?.may ?? []), ...(typeOnly ? (source?.mayTypes ?? []) : [])];
  if (may.includes(target.name) || (may.includes('models') && PURE.models.test(to))) return undefined;
  return `${source?.name} may not import ${target.name} (${to})`;
}

function checkPure(from: string, to: string, typeOnly: boolean): string | undefined {
  const target = areaOf(to)?.name ?? '';
  const sameFolder = posix.dirname(from) === posix.dirname(to) && PURE.files.test(to);
  if (sameFolder || PURE.models.test(to) || PURE.may.includes(target)) return undefined;
  if (typeOnly && PURE.mayTypes.includes(target)) return undefined;
  return `is pure (models, policies, guards) and may not import ${to}`;
}

function checkBuiltin(from: string, target: string): string | undefined {
  if (from.startsWith('sandbox/page/client/')) return `runs in the browser and may not import ${target}`;
  if (PURE.files.test(from) && !PURE.builtins.includes(target)) return `is pure and may not import ${target}`;
  return undefined;
}

function checkPackage(from: string, target: string, typeOnly: boolean): string | undefined {
  if (from.startsWith('sandbox/')) return undefined;
  if (PURE.files.test(from) && target !== 'zod' && !typeOnly) return `is pure and may not import ${target}`;
  const rules = PACKAGES.filter((one) => one.name.test(target));
  if (rules.length === 0) return `imports ${target}: name it with its place in tools/imports/rules.ts`;
  if (rules.some((one) => one.places.some((place) => from.startsWith(place)))) return undefined;
  return `${target} is imported only in ${rules.flatMap((one) => one.places).join(' and ')}`;
}

function resolve(from: string, target: string): string {
  return posix.normalize(posix.join(posix.dirname(from), target));
}

/** The area with the longest matching path. */
function areaOf(path: string): (typeof AREAS)[number] | undefined {
  let best: { area: (typeof AREAS)[number]; length: number } | undefined;
  for (const area of AREAS) {
    for (const prefix of area.paths) {
      const matches = prefix.endsWith('/') ? path.startsWith(prefix) : path === prefix;
      if (matches && prefix.length > (best?.length ?? 0)) best = { area, length: prefix.length };
    }
  }
  return best?.area;
}
