import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../test/harness/program.ts';

interface Entry {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Packages and MB that installing these needs with all they depend on, as this checkout has them. */
export function installSize(roots: readonly string[]): {
  readonly packages: number;
  readonly megabytes: number;
} {
  const { packages }: { packages: Record<string, Entry> } = JSON.parse(
    readFileSync(join(ROOT, 'package-lock.json'), 'utf8'),
  );
  const found = new Set<string>();
  const open = roots.map((name) => ({ from: '', name }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const path = locate(packages, next.from, next.name);
    if (path === undefined || found.has(path) || !existsSync(join(ROOT, path))) continue;
    found.add(path);
    const { dependencies = {}, optionalDependencies = {} } = packages[path] ?? {};
    for (const name of [...Object.keys(dependencies), ...Object.keys(optionalDependencies)])
      open.push({ from: path, name });
  }
  const bytes = [...found].reduce((sum, path) => sum + sizeOf(join(ROOT, path)), 0);
  return { packages: found.size, megabytes: bytes / 1_000_000 };
}

/** Where Node finds a package from there: the nearest node_modules upwards. */
function locate(packages: Readonly<Record<string, Entry>>, from: string, name: string): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (path in packages) return path;
    if (at === '') return undefined;
  }
}

/** Bytes of a package without the packages inside it. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === 'node_modules') return sum;
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? sizeOf(path) : lstatSync(path).size);
  }, 0);
}
