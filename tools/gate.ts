import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The whole gate: what `npm test` and .ci/run do. Steps in order, each with its time; the first failure ends it.
 * `node tools/gate.ts types lint` runs the named steps only.
 */
type Step = { name: string; run: () => boolean };

const ROOT = join(import.meta.dirname, '..');
/** Seconds; on 2 cores. What takes longer belongs into `npm run test:long`. */
const LIMIT = 600;

const STEPS: readonly Step[] = [
  { name: 'format', run: () => bin('prettier', ['--check', '--log-level', 'warn', '.']) },
  { name: 'types', run: () => bin('tsc', ['-p', '.']) && clientTypes() },
  { name: 'lint', run: () => bin('oxlint', ['--type-aware', '--deny-warnings']) },
  { name: 'imports', run: () => node(['tools/check-imports.ts']) },
  { name: 'lockfile', run: lockfileIsNeutral },
  { name: 'paths', run: noPathOfThisMachine },
  { name: 'unused', run: () => bin('knip', []) },
  { name: 'boot', run: () => node(['src/main.ts', '--check']) },
  { name: 'tests', run: () => bin('vitest', ['run']) },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `no such step: ${unknown.join(', ')} (there are ${STEPS.map((step) => step.name).join(', ')})`,
  );
  process.exit(2);
}
const started = performance.now();
for (const step of STEPS.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const from = performance.now();
  console.log(`\n== ${step.name}`);
  const passed = step.run();
  console.log(`== ${step.name}: ${passed ? 'passed' : 'FAILED'} in ${seconds(from)} s`);
  if (!passed) process.exit(1);
}
console.log(`\nThe gate passed in ${seconds(started)} s.`);
if (seconds(started) > LIMIT) {
  console.warn(`It took more than ${LIMIT} s: move what is slow into npm run test:long.`);
}

function seconds(from: number): number {
  return Math.round((performance.now() - from) / 100) / 10;
}

function bin(name: string, args: string[]): boolean {
  return run(join(ROOT, 'node_modules', '.bin', name), args);
}

function node(args: string[]): boolean {
  return run(process.execPath, args);
}

function run(file: string, args: string[]): boolean {
  // The tools' own `#!/usr/bin/env node` has to find the Node that runs this.
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };
  const { status, error } = spawnSync(file, args, { cwd: ROOT, stdio: 'inherit', env });
  if (error) console.error(error.message);
  return status === 0;
}

/** The page in the browser has its own compiler settings (DOM, no Node). */
function clientTypes(): boolean {
  const config = 'sandbox/page/client/tsconfig.json';
  return !existsSync(join(ROOT, config)) || bin('tsc', ['-p', config]);
}

/** Addresses of a registry would tie every clone to the one it was made with. */
function lockfileIsNeutral(): boolean {
  const lines = readFileSync(join(ROOT, 'package-lock.json'), 'utf8').split('\n');
  const found = lines.filter(
    (line) => line.includes('"resolved"') && !line.includes('"resolved": "node_modules/'),
  );
  for (const line of found.slice(0, 5)) console.error(`package-lock.json: ${line.trim()}`);
  return found.length === 0;
}

/** No tracked file names where this clone lies or somebody's home folder. */
function noPathOfThisMachine(): boolean {
  if (!existsSync(join(ROOT, '.git'))) return true;
  const parent = dirname(ROOT);
  const usual = ['/', '/tmp', '/home', '/root', '/opt', '/srv', '/usr/src', '/var/lib', '/app'];
  const places = [ROOT, ...(usual.includes(parent) ? [] : [`${parent}/`])];
  const patterns = [
    ...places.map((path) => path.replaceAll(/[.*+?^$()[\]{}|\\]/g, String.raw`\$&`)),
    '/Users/[a-z]+/',
  ];
  const args = ['grep', '-nIE', patterns.join('|'), '--', '.', ':!package-lock.json'];
  const { status, stdout } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  if (status === 0) console.error(stdout.trim());
  return status === 1;
}
