import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFiles } from './imports/check-files.ts';
import { readImports } from './imports/read-imports.ts';

/** Checks the import directions of src, commands and sandbox; see imports/rules.ts. */
const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['src', 'commands', 'sandbox'];

const seen = globSync(`{${FOLDERS.join(',')}}/**/*.{ts,tsx}`, { cwd: ROOT })
  .map((path) => path.replaceAll('\\', '/'))
  .map((path) => ({ path, imports: readImports(path, readFileSync(join(ROOT, path), 'utf8')) }));
const problems = checkFiles(seen, trackedFiles());
for (const problem of problems) console.error(problem);
console.log(`import directions: ${seen.length} files seen, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** What git knows of (and a deletion has not taken from disk yet). Outside a clone there is nothing to compare with. */
function trackedFiles(): string[] {
  if (!existsSync(join(ROOT, '.git'))) return [];
  const output = execFileSync('git', ['ls-files', '-z', '--', ...FOLDERS], { cwd: ROOT, encoding: 'utf8' });
  return output.split('\0').filter((path) => /\.tsx?$/.test(path) && existsSync(join(ROOT, path)));
}
