import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import type { Fault } from '../faults.ts';
import type { World } from '../world.ts';
import type { Cluster } from './cluster.ts';
import { discoveryDocument } from './discovery.ts';
import { type HttpAnswer, type HttpCall, isTrue } from './http-call.ts';
import { followLog, logAnswer } from './serve-log.ts';
import { readObjects } from './read.ts';
import { injected, takeFault } from './request-faults.ts';
import { type Target, targetOf } from './request-path.ts';
import { serveScale } from './scale.ts';
import { failure, type Status, StatusError } from './status.ts';
import { type OpenWatch, serveWatch } from './watch.ts';
import { changeObject, createObject, deleteObject } from './write.ts';

export const TOKEN = 'sandbox';

export type Server = { world: World; cluster: Cluster; open: Set<OpenWatch> };

/** Answers one request of the cluster's API on a raw response, faults included, and writes it into the ledger. */
export async function serve(server: Server, call: HttpCall, response: ServerResponse): Promise<void> {
  const fault = takeFault(server.world.faults, verbOf(call), call.path, factsOf(call));
  if (fault && (await before(server, call, response, fault))) return;
  const answer = answerTo(server, call, response);
  const cut = fault?.kind === 'processed_then_reset';
  record(server, call, { ...answer, ...(cut ? { code: 0 } : {}) }, fault);
  if (cut) response.destroy();
  else if (answer.body !== STREAMING) send(response, answer);
}

/** The call as it came; a path is never normalised, so that a foreign one shows in the ledger. */
export function callOf(request: IncomingMessage, prefix: string, body: string): HttpCall {
  const [raw = '', query = ''] = (request.url ?? '').slice(prefix.length).split(/\?(.*)/s);
  return {
    method: request.method ?? 'GET',
    path: raw === '' ? '/' : raw,
    query: new URLSearchParams(query),
    contentType: (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '',
    accept: request.headers.accept ?? '',
    authorization: request.headers.authorization,
    body,
  };
}

/** Stands for an answer that goes on by itself. */
const STREAMING = Symbol('streaming');

function answerTo(server: Server, call: HttpCall, response: ServerResponse): HttpAnswer {
  try {
    return dispatch(server, call, response);
  } catch (error) {
    if (error instanceof StatusError) return { code: error.status.code ?? 500, body: error.status };
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { code: 500, body: failure(500, `Internal error occurred: ${why}`) };
  }
}

function dispatch(server: Server, call: HttpCall, response: ServerResponse): HttpAnswer {
  // kubectl sends no token to an http:// server, so none is fine; a wrong one is not.
  if (call.authorization !== undefined && call.authorization !== `Bearer ${TOKEN}`)
    throw new StatusError(failure(401, 'Unauthorized'));
  if (call.method === 'GET') {
    if (['/healthz', '/livez', '/readyz'].includes(call.path)) return { code: 200, body: 'ok' };
    const document = discoveryDocument(call.path);
    if (document !== undefined) return { code: 200, body: document };
  }
  const target = targetOf(call.path);
  if (call.method === 'GET' && isTrue(call.query.get('watch')) && target.subresource === undefined) {
    serveWatch(
      { store: server.cluster.store, now: server.cluster.now, open: server.open },
      call,
      target,
      response,
    );
    return { code: 200, body: STREAMING };
  }
  return onTarget(server, call, target, response);
}

function onTarget(server: Server, call: HttpCall, target: Target, response: ServerResponse): HttpAnswer {
  const { cluster } = server;
  if (!isAllowed(call, target)) {
    throw new StatusError(failure(405, 'the server does not allow this method on the requested resource'));
  }
  if (target.subresource === 'log') {
    if (!isTrue(call.query.get('follow'))) return logAnswer(cluster, call, target);
    followLog(cluster, call, target, response);
    return { code: 200, body: STREAMING };
  }
  if (target.subresource === 'scale') return serveScale(cluster, call, target);
  if (call.method === 'GET') return readObjects(cluster.store, call, target, cluster.now());
  if (call.method === 'POST') return createObject(cluster, call, target);
  if (call.method === 'DELETE') return deleteObject(cluster, call, target);
  return changeObject(cluster, call, target);
}

const VERBS: Record<string, string> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

function isAllowed(call: HttpCall, target: Target): boolean {
  const verb = VERBS[call.method] ?? '';
  const served =
    target.subresource === undefined
      ? target.info.verbs
      : target.info.subresources[target.subresource]?.verbs;
  const onCollection = verb === 'get' || verb === 'create';
  const fits = target.name === undefined ? onCollection : verb !== 'create';
  return fits && served?.includes(verb) === true;
}

/** What a fault does before the call is processed; true when the call has ended with it. */
async function before(
  server: Server,
  call: HttpCall,
  response: ServerResponse,
  fault: Fault,
): Promise<boolean> {
  const fail = (status: Status, headers: Record<string, string> = {}): true => {
    const answer = { code: status.code ?? 500, body: status, headers };
    record(server, call, answer, fault);
    send(response, answer);
    return true;
  };
  switch (fault.kind) {
    case 'status':
      return fail(injected(fault.code));
    case 'rate_limited':
      return fail(injected(429), { 'retry-after': String(fault.retry_after) });
    case 'slow':
      await delay(fault.ms);
      return false;
    case 'timeout_before':
      await delay(fault.ms);
      return cutOff(server, call, response, fault);
    case 'reset_before':
      return cutOff(server, call, response, fault);
    case 'half_open':
      record(server, call, { code: 0, body: undefined }, fault);
      return true;
    default:
      return false;
  }
}

function cutOff(server: Server, call: HttpCall, response: ServerResponse, fault: Fault): true {
  record(server, call, { code: 0, body: undefined }, fault);
  response.destroy();
  return true;
}

function send(response: ServerResponse, answer: HttpAnswer): void {
  if (response.destroyed) return;
  const text = typeof answer.body === 'string';
  response.writeHead(answer.code, {
    'content-type': text ? 'text/plain' : 'application/json',
    ...answer.headers,
  });
  response.end(text ? answer.body : JSON.stringify(answer.body));
}

function record(server: Server, call: HttpCall, answer: HttpAnswer, fault: Fault | undefined): void {
  const { body } = answer;
  const ok = answer.code >= 200 && answer.code < 300;
  const processed = answer.code === 0 && answer.effect !== undefined;
  const refused = isStatus(body) ? body.reason : undefined;
  server.world.ledger.record({
    kind: 'kubernetes',
    method: `${verbOf(call)} ${call.path}`,
    ok,
    effect: answer.effect === true,
    status: answer.code,
    args: argsOf(call),
    ...(ok
      ? {}
      : { error: refused ?? (processed ? 'connection reset after processing' : 'connection reset') }),
    ...(answer.effect === undefined ? {} : { result: resultOf(body) }),
    ...(fault ? { fault: fault.kind } : {}),
  });
}

function argsOf(call: HttpCall): Record<string, unknown> {
  return {
    query: Object.fromEntries(call.query),
    ...(call.body === '' ? {} : { contentType: call.contentType, body: call.body.slice(0, 4000) }),
  };
}

function resultOf(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || !('metadata' in body)) return {};
  const { metadata } = body;
  if (typeof metadata !== 'object' || metadata === null) return {};
  const facts = new Set(['uid', 'resourceVersion', 'generation']);
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => facts.has(key)));
}

function isStatus(body: unknown): body is Status {
  return typeof body === 'object' && body !== null && 'kind' in body && body.kind === 'Status';
}

function verbOf(call: HttpCall): string {
  return call.method === 'GET' && isTrue(call.query.get('watch')) ? 'WATCH' : call.method;
}

function factsOf(call: HttpCall): Record<string, string | undefined> {
  const [, namespace, , name] = /\/namespaces\/([^/]+)(\/[^/]+\/([^/]+))?/.exec(call.path) ?? [];
  return { namespace, name };
}
