import type { ServerResponse } from 'node:http';

import { type HttpCall, isTrue } from './http-call.ts';
import type { KubeObject } from './objects.ts';
import { matcherOf, viewOf } from './read.ts';
import type { Target } from './request-path.ts';
import type { Matcher } from './selectors.ts';
import { badRequest, failure, gone, StatusError } from './status.ts';
import type { Change } from './change-history.ts';
import type { Store } from './store.ts';
import { tableOf } from './table.ts';

export type WatchEnd = 'timeout' | 'drop_watch' | 'watch_gone' | 'half_open' | 'reset';

export type OpenWatch = {
  path: string;
  /** Ends it from outside: closed, cut, told 410, or silent from now on. */
  end: (how: WatchEnd) => void;
};

export type WatchDeps = {
  store: Store;
  now: () => number;
  /** All watches that are open now. */
  open: Set<OpenWatch>;
};

const BOOKMARK_MS = 15_000;
/** As the API server: between 30 and 60 minutes when the client names no limit. */
const DEFAULT_SECONDS = 1800;

/**
 * Streams changes as one JSON event a line. Without a version (or with 0) what exists comes first as ADDED; with
 * one, everything after it; a version no longer in memory gets an ERROR event with the 410 status, then the end.
 *
 * @throws StatusError before the stream starts, when the request itself is wrong.
 */
export function serveWatch(deps: WatchDeps, call: HttpCall, target: Target, response: ServerResponse): void {
  if (call.query.has('sendInitialEvents')) {
    const message = 'sendInitialEvents is forbidden for watch: the WatchList feature is off';
    throw new StatusError({ ...failure(422, message), reason: 'Invalid' });
  }
  const matches = matcherOf(call, target);
  const from = versionAsked(call);
  const send = sender(deps, call, target, response);
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  const backlog =
    from === undefined
      ? present(deps.store, target, matches)
      : deps.store.since(from)?.map((change) => eventOf(change, matches));
  if (!backlog) {
    sendGone(deps, response, call.query.get('resourceVersion') ?? '');
    response.end();
    return;
  }
  for (const event of backlog)
    if (event && event.resource === target.info.resource) send(event.type, event.object);
  follow(deps, { call, target, matches, send }, response);
}

type Send = (type: string, object: KubeObject) => void;
type Following = { call: HttpCall; target: Target; matches: Matcher; send: Send };
type Event = { type: string; resource: string; object: KubeObject };

function follow(deps: WatchDeps, watch: Following, response: ServerResponse): void {
  const { call, target, matches, send } = watch;
  const stop = deps.store.subscribe((change) => {
    const event = change.resource === target.info.resource ? eventOf(change, matches) : undefined;
    if (event) send(event.type, event.object);
  });
  const seconds = Number(call.query.get('timeoutSeconds') ?? DEFAULT_SECONDS);
  const timeout = setTimeout(() => open.end('timeout'), seconds * 1000);
  const bookmarks = setInterval(() => {
    if (isTrue(call.query.get('allowWatchBookmarks'))) sendBookmark(deps, target, response);
  }, BOOKMARK_MS);
  timeout.unref();
  bookmarks.unref();
  const silence = (): void => {
    stop();
    clearTimeout(timeout);
    clearInterval(bookmarks);
  };
  const open: OpenWatch = {
    path: call.path,
    end: (how) => {
      silence();
      if (how === 'half_open') return;
      if (how === 'watch_gone') sendGone(deps, response, call.query.get('resourceVersion') ?? '');
      if (how === 'drop_watch') response.destroy();
      else response.end();
    },
  };
  deps.open.add(open);
  response.on('close', () => {
    silence();
    deps.open.delete(open);
  });
}

function sender(deps: WatchDeps, call: HttpCall, target: Target, response: ServerResponse): Send {
  const table = call.accept.includes('as=Table');
  const includeObject = call.query.get('includeObject') ?? 'Metadata';
  return (type, object) => {
    const view = viewOf(target.info, object);
    const version = object.metadata.resourceVersion;
    const shown = table ? tableOf(target.info, [view], { now: deps.now(), includeObject, version }) : view;
    response.write(`${JSON.stringify({ type, object: shown })}\n`);
  };
}

/** Seen through a selector, an object that begins to match is new and one that ceases to is gone. */
function eventOf(change: Change, matches: Matcher): Event | undefined {
  const { resource, object } = change;
  const now = change.type !== 'DELETED' && matches(object);
  const before = change.previous !== undefined && matches(change.previous);
  if (now) return { type: before ? 'MODIFIED' : 'ADDED', resource, object };
  return before ? { type: 'DELETED', resource, object } : undefined;
}

function present(store: Store, target: Target, matches: Matcher): Event[] {
  const { resource } = target.info;
  const found: KubeObject[] = store.list(resource, target.namespace).filter(matches);
  return found.map((object) => ({ type: 'ADDED', resource, object }));
}

function versionAsked(call: HttpCall): number | undefined {
  const asked = call.query.get('resourceVersion') ?? '';
  if (asked === '' || asked === '0') return undefined;
  if (!/^\d+$/.test(asked)) throw badRequest(`Invalid value: "${asked}": resourceVersion must be a number`);
  return Number(asked);
}

function sendGone(deps: WatchDeps, response: ServerResponse, asked: string): void {
  response.write(`${JSON.stringify({ type: 'ERROR', object: gone(asked, deps.store.oldest()) })}\n`);
}

function sendBookmark(deps: WatchDeps, target: Target, response: ServerResponse): void {
  const { kind, group, version } = target.info;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const object = { kind, apiVersion, metadata: { resourceVersion: String(deps.store.version()) } };
  response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
}
