/**
 * Preloaded into a replica (`node --import`): kills it with SIGKILL at one named point of its work, once per world. The
 * product knows nothing of it: the points are seen from outside, in what passes through pg, fetch and http.
 *
 * FAIL_POINT names the point, FAIL_ONCE a file that whoever is first creates: of several replicas one dies.
 */
import crypto from 'node:crypto';
import diagnostics from 'node:diagnostics_channel';
import { closeSync, openSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import pg from 'pg';

const point = process.env['FAIL_POINT'] ?? '';

function die(): void {
  try {
    closeSync(openSync(process.env['FAIL_ONCE'] ?? '', 'wx'));
  } catch {
    return; // Another replica was first.
  }
  process.stdout.write(`{"msg":"killed at ${point}"}\n`);
  process.kill(process.pid, 'SIGKILL');
}

/** Seen around a database statement: `before` it is sent or `after` its answer came. */
const STATEMENTS: Readonly<
  Record<string, { readonly when: 'before' | 'after'; readonly sql: RegExp; readonly after?: RegExp }>
> = {
  'before-insert': { when: 'before', sql: /insert into deliveries/i },
  'before-commit': { when: 'before', sql: /^commit/i, after: /insert into alerts/i },
  'after-commit': { when: 'after', sql: /^commit/i, after: /insert into alerts/i },
  'after-claim': {
    when: 'after',
    sql: /update\s+"?jobs"?\.\S+[\s\S]*skip locked|skip locked[\s\S]*update\s+"?jobs"?/i,
  },
};

/** Seen around a Slack call: `sent` when Slack has taken it and the answer is lost, `read` before anything is recorded. */
const CALLS: Readonly<
  Record<
    string,
    { readonly method: string; readonly when: 'sent' | 'read' | 'recorded'; readonly skip?: number }
  >
> = {
  'create-sent': { method: 'conversations.create', when: 'sent' },
  'create-read': { method: 'conversations.create', when: 'read' },
  'create-recorded': { method: 'conversations.create', when: 'recorded' },
  'post-sent': { method: 'chat.postMessage', when: 'sent' },
  'post-read': { method: 'chat.postMessage', when: 'read' },
  'checklist-read': { method: 'chat.postMessage', when: 'read', skip: 1 },
  'invite-sent': { method: 'conversations.invite', when: 'sent' },
};

export const FAIL_POINTS: readonly string[] = [
  'body-read',
  'signature-ok',
  'after-answer',
  ...Object.keys(STATEMENTS),
  ...Object.keys(CALLS),
];

if (point !== '') arm();

function arm(): void {
  watchRequests();
  watchStatements();
  watchCalls();
}

function isAlert(request: { readonly url?: string | undefined }): boolean {
  return request.url?.startsWith('/alerts/') ?? false;
}

function watchRequests(): void {
  let inAlert = false;
  diagnostics.subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    if (!isAlert(request)) return;
    inAlert = true;
    if (point === 'body-read') request.once('end', die);
  });
  diagnostics.subscribe('http.server.response.finish', (message) => {
    const { request } = message as { request: IncomingMessage };
    if (point === 'after-answer' && isAlert(request)) die();
  });
  if (point !== 'signature-ok') return;
  const compare = crypto.timingSafeEqual;
  crypto.timingSafeEqual = (a, b) => {
    const equal = compare(a, b);
    if (equal && inAlert) die();
    return equal;
  };
  syncBuiltinESMExports();
}

let recorded: (() => void) | undefined;

function watchStatements(): void {
  const wanted = STATEMENTS[point];
  const touched = new WeakMap<object, boolean>();
  const prototype = pg.Client.prototype;
  const query = prototype.query;
  const wrapped = function (this: object, ...args: Parameters<typeof query>): unknown {
    const first: unknown = args[0];
    const sql = typeof first === 'string' ? first : ((first as { text?: string } | undefined)?.text ?? '');
    const after = recorded;
    const matches =
      wanted !== undefined &&
      wanted.sql.test(sql) &&
      (wanted.after === undefined || touched.get(this) === true);
    if (wanted?.after?.test(sql) === true) touched.set(this, true);
    if (matches && wanted.when === 'before') die();
    const came = (result: { readonly rows?: readonly unknown[] }): void => {
      const [row] = result.rows ?? [];
      const claimed = point !== 'after-claim' || (typeof row === 'object' && row !== null && 'data' in row);
      if (matches && wanted.when === 'after' && claimed) die();
      if (after !== undefined && /^commit/i.test(sql)) after();
    };
    // A pool passes a callback, everybody else awaits.
    const callback: unknown = args.at(-1);
    if (typeof callback === 'function') {
      const seen = (error: unknown, result: { rows?: unknown[] } | undefined): void => {
        if (result !== undefined) came(result);
        Reflect.apply(callback, undefined, [error, result]);
      };
      return Reflect.apply(query, this, [...args.slice(0, -1), seen] as never);
    }
    const answer: unknown = Reflect.apply(query, this, args);
    if (!(answer instanceof Promise)) return answer;
    return answer.then((result: { rows?: unknown[] }) => {
      came(result);
      return result;
    });
  };
  Object.defineProperty(prototype, 'query', { value: wrapped, configurable: true, writable: true });
}

function watchCalls(): void {
  const wanted = CALLS[point];
  if (wanted === undefined) return;
  let toSkip = wanted.skip ?? 0;
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const answer = await real(input, init);
    if (!url.endsWith(`/${wanted.method}`)) return answer;
    if (toSkip > 0) {
      toSkip -= 1;
      return answer;
    }
    if (wanted.when === 'sent') die();
    const text = await answer.text();
    if (wanted.when === 'recorded') recorded = die;
    // The answer is handed on; the process dies before what awaits it has run.
    if (wanted.when === 'read') queueMicrotask(die);
    return new Response(text, { status: answer.status, headers: answer.headers });
  };
}
