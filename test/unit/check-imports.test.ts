import { execFileSync, spawnSync } from 'node:child_process';
import type { SpawnSyncReturns } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkFiles } from '../../tools/imports/check-files.ts';
import { readImports } from '../../tools/imports/read-imports.ts';

/** The problems of one file with this text, everything tracked having been seen. */
const check = (path: string, text: string): string[] =>
  checkFiles([{ path, imports: readImports(path, text) }], [path]);

describe('allowed', () => {
  test.each([
    ['src/checklists/a.ts', "import { x } from '../incidents/store.ts';"],
    ['src/slack/a.ts', "import { App } from '@slack/bolt'; import { x } from '../rca/draft-rca.ts';"],
    ['src/db/deep/a.ts', "import { Client } from 'pg'; import { x } from '../../lib/result.ts';"],
    ['src/guards/a.ts', "import type { ChatReader } from '../ports/chat.ts';"],
    ['src/approvals/policy.ts', "import { createHash } from 'node:crypto';"],
    ['commands/ack.ts', "import { defineCommand } from '../src/slack/define-command.ts';"],
    ['src/alerts/a.ts', "import { SEVERITIES } from '../incidents/model.ts';"],
    ['src/flow.ts', "import type { JobName } from './queue/jobs.ts';"],
  ])('%s: %s', (path, text) => {
    expect(check(path, text)).toEqual([]);
  });
});

describe('refused', () => {
  test.each([
    ['src/lib/a.ts', "import { x } from '../errors.ts';", 'lib may not import base'],
    ['src/incidents/a.ts', "import { x } from '../approvals/decide.ts';", 'may not import approvals'],
    ['src/incidents/a.ts', "import type { X } from '../rca/policy.ts';", 'may not import rca'],
    ['src/slack/a.ts', "import { x } from '../http/health.ts';", 'slack may not import http'],
    ['src/http/a.ts', "import { x } from '../integrations/redis.ts';", 'http may not import integrations'],
    ['src/guards/a.ts', "import { x } from '../ports/chat.ts';", 'is pure'],
    ['src/approvals/policy.ts', "import { readFile } from 'node:fs/promises';", 'is pure'],
    [
      'src/incidents/a.ts',
      "import { App } from '@slack/bolt';",
      '@slack/bolt is imported only in src/slack/',
    ],
    ['src/queue/a.ts', "import pg from 'pg';", 'pg is imported only in src/db/'],
    ['src/alerts/a.ts', "import { pino } from 'pino';", 'pino is imported only in src/logger.ts'],
    ['src/alerts/a.ts', "import left from 'left-pad';", 'name it with its place'],
    ['src/app.ts', "import scale from './actions/scale.ts';", 'imported by nobody'],
    ['src/executions/a.ts', "const a = await import('../actions/scale.ts');", 'imported by nobody'],
    ['src/executions/a.ts', 'const a = await import(name);', 'computed path'],
    ['src/lib/a.ts', "type X = import('../errors.ts').CodedError;", 'lib may not import base'],
    ['src/lib/a.ts', "export * from '../errors.ts';", 'lib may not import base'],
    ['src/launch.ts', "import { x } from './app.ts';", 'launch may not import app'],
    ['src/app.ts', "import { x } from '../sandbox/world.ts';", 'app may not import sandbox'],
    ['sandbox/a.ts', "import { x } from '../src/errors.ts';", 'sandbox may not import base'],
    ['sandbox/page/client/a.ts', "import { readFile } from 'node:fs';", 'runs in the browser'],
    ['src/magnet/a.ts', '', 'belongs to no area'],
  ])('%s: %s', (path, text, words) => {
    expect(check(path, text).join('\n')).toContain(words);
  });

  test('the sentence names the line', () => {
    expect(check('src/lib/a.ts', "\n\nimport { x } from '../errors.ts';")[0]).toMatch(/^src\/lib\/a\.ts:3: /);
  });
});

describe('the check proves that it looked', () => {
  test('a tracked file that it did not see is a problem', () => {
    const seen = [{ path: 'src/lib/a.ts', imports: [] }];
    expect(checkFiles(seen, ['src/lib/a.ts', 'src/lib/hidden.ts'])).toEqual([
      'src/lib/hidden.ts: was not seen by the import check',
    ]);
  });

  test('seeing nothing is a problem', () => {
    expect(checkFiles([], [])).toHaveLength(1);
  });

  test('a file that does not parse is an error', () => {
    expect(() => readImports('src/lib/a.ts', 'import { from')).toThrow(/src\/lib\/a\.ts/);
  });
});

describe('the program, over a tree', () => {
  let tree: string;
  beforeEach(() => {
    tree = mkdtempSync(join(tmpdir(), 'tocsin-imports-'));
    cpSync(new URL('../../tools', import.meta.url), join(tree, 'tools'), { recursive: true });
    symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(tree, 'node_modules'));
    execFileSync('git', ['init', '-q'], { cwd: tree });
    write('package.json', '{"type":"module"}');
    write('src/lib/fine.ts', 'export const fine = 1;');
  });
  afterEach(() => rmSync(tree, { recursive: true, force: true }));

  test('passes a clean one', () => {
    expect(program()).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('1 files seen, 0 problems'),
    });
  });

  test('fails one with a violation', () => {
    write('src/lib/bad.ts', "import '../slack/app.ts';");
    expect(program()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('lib may not import slack'),
    });
  });

  test('fails one with a tracked file that its search passes over', () => {
    write('src/.hidden/bad.ts', 'export const bad = 1;');
    expect(program()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('.hidden/bad.ts: was not seen'),
    });
  });

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
    execFileSync('git', ['add', path], { cwd: tree });
  }

  function program(): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, ['tools/check-imports.ts'], { cwd: tree, encoding: 'utf8' });
  }
});
