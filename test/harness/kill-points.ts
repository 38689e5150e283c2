/**
 * Preloaded into a replica (`node --import`): kills it with SIGKILL at one named edge of an execution, once per world.
 * The product knows nothing of it: the edges are seen from outside, in what passes through pg and undici.
 *
 * KILL_POINT names the edge, KILL_ONCE a file that whoever is first creates: of several replicas one dies.
 */
import diagnostics from 'node:diagnostics_channel';
import { closeSync, openSync } from 'node:fs';
import pg from 'pg';

const point = process.env['KILL_POINT'] ?? '';

/** State that the statement writes, and on which side of its COMMIT the process dies. */
const COMMITS: Readonly<Record<string, { readonly state: string; readonly when: 'before' | 'after' }>> = {
  'before-running-commit': { state: 'running', when: 'before' },
  'after-running-commit': { state: 'running', when: 'after' },
  'before-verifying-commit': { state: 'verifying', when: 'before' },
  'after-verifying-commit': { state: 'verifying', when: 'after' },
  'before-succeeded-commit': { state: 'succeeded', when: 'before' },
  'after-succeeded-commit': { state: 'succeeded', when: 'after' },
};

/** Around the one write to the cluster: on its way, and answered with nobody having read it. */
const PATCHES: Readonly<Record<string, string>> = {
  'patch-on-its-way': 'undici:client:sendHeaders',
  'patch-answered': 'undici:request:headers',
};

export const KILL_POINTS: readonly string[] = [...Object.keys(COMMITS), ...Object.keys(PATCHES)];

if (point !== '') {
  watchCommits();
  watchPatches();
}

function die(): void {
  try {
    closeSync(openSync(process.env['KILL_ONCE'] ?? '', 'wx'));
  } catch {
    return; // Another replica was first.
  }
  process.kill(process.pid, 'SIGKILL');
}

function watchCommits(): void {
  const wanted = COMMITS[point];
  if (wanted === undefined) return;
  const writing = new WeakSet<object>();
  const prototype = pg.Client.prototype;
  const query = prototype.query;
  const wrapped = function (this: object, ...args: Parameters<typeof query>): unknown {
    const first: unknown = args[0];
    const sql = typeof first === 'string' ? first : '';
    const values: unknown = args[1];
    if (
      sql.startsWith('update executions set state') &&
      Array.isArray(values) &&
      values[2] === wanted.state
    ) {
      writing.add(this);
    }
    const isCommit = /^commit/i.test(sql) && writing.delete(this);
    if (isCommit && wanted.when === 'before') die();
    const answer: unknown = Reflect.apply(query, this, args);
    if (!isCommit || !(answer instanceof Promise)) return answer;
    return answer.then((result: unknown) => {
      die();
      return result;
    });
  };
  Object.defineProperty(prototype, 'query', { value: wrapped, configurable: true, writable: true });
}

function watchPatches(): void {
  const channel = PATCHES[point];
  if (channel === undefined) return;
  diagnostics.subscribe(channel, (message) => {
    const { request } = message as { request: { readonly method: string } };
    if (request.method === 'PATCH') die();
  });
}
