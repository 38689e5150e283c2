import type { HttpAnswer, HttpCall } from './http-call.ts';
import type { KubeObject } from './objects.ts';
import type { Target } from './request-path.ts';
import { apiVersionOf, type ResourceInfo } from './resources.ts';
import { isRecord } from './same-json.ts';
import { type Matcher, selectorOf } from './selectors.ts';
import { badRequest, failure, notFound, StatusError } from './status.ts';
import type { Store } from './store.ts';
import { tableOf } from './table.ts';

/** Answers GET of one object or of a collection, as JSON or as the table that kubectl prints. */
export function readObjects(store: Store, call: HttpCall, target: Target, now: number): HttpAnswer {
  const table = call.accept.includes('as=Table');
  const includeObject = call.query.get('includeObject') ?? 'Metadata';
  if (target.name !== undefined) {
    const object = viewOf(target.info, existing(store, target));
    const body = table
      ? tableOf(target.info, [object], { now, includeObject, version: versionOf(object) })
      : object;
    return { code: 200, body };
  }
  const page = pageOf(store, call, target);
  const items = page.items.map((object) => viewOf(target.info, object));
  const metadata = {
    resourceVersion: String(store.version()),
    ...(page.next === undefined ? {} : { continue: page.next, remainingItemCount: page.remaining }),
  };
  if (table) {
    const shown = tableOf(target.info, items, { now, includeObject, version: metadata.resourceVersion });
    return { code: 200, body: { ...shown, metadata } };
  }
  const bare = items.map(({ apiVersion: _apiVersion, kind: _kind, ...rest }) => rest);
  return {
    code: 200,
    body: { kind: `${target.info.kind}List`, apiVersion: apiVersionOf(target.info), metadata, items: bare },
  };
}

/** @throws StatusError 404 */
export function existing(store: Store, target: Target): KubeObject {
  const found = store.get(target.info.resource, target.namespace ?? '', target.name ?? '');
  if (!found) throw notFound(target.info, target.name ?? '');
  return found;
}

/** What a list or watch of that target covers. */
export function matcherOf(call: HttpCall, target: Target): Matcher {
  const selector = selectorOf(
    call.query.get('labelSelector') ?? undefined,
    call.query.get('fieldSelector') ?? undefined,
  );
  return (object) =>
    (target.namespace === undefined || object.metadata.namespace === target.namespace) &&
    (target.name === undefined || object.metadata.name === target.name) &&
    selector(object);
}

/** The object in the words of the group that was asked: events have two. */
export function viewOf(info: ResourceInfo, object: KubeObject): Record<string, unknown> {
  if (object.kind !== 'Event' || info.group === '') return object;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: object.metadata,
    eventTime: null,
    regarding: object.involvedObject,
    reason: object.reason,
    note: object.message,
    type: object.type,
    reportingController: object.source.component,
    reportingInstance: '',
    deprecatedCount: object.count,
    deprecatedFirstTimestamp: object.firstTimestamp,
    deprecatedLastTimestamp: object.lastTimestamp,
    deprecatedSource: object.source,
  };
}

function versionOf(view: Record<string, unknown>): string {
  return isRecord(view.metadata) ? String(view.metadata.resourceVersion) : '';
}

type Page = { items: KubeObject[]; next?: string; remaining?: number };

/** `limit` and `continue`: the token holds the last key of the page before. */
function pageOf(store: Store, call: HttpCall, target: Target): Page {
  const all = store.list(target.info.resource, target.namespace).filter(matcherOf(call, target));
  const after = afterKey(call.query.get('continue'));
  const rest = all.filter((object) => keyOf(object) > after);
  const limit = Number(call.query.get('limit') ?? 0);
  if (!Number.isInteger(limit) || limit < 0) throw badRequest('limit must be a whole number');
  const items = limit === 0 ? rest : rest.slice(0, limit);
  const last = items.at(-1);
  if (items.length === rest.length || !last) return { items };
  return {
    items,
    next: Buffer.from(keyOf(last)).toString('base64url'),
    remaining: rest.length - items.length,
  };
}

function afterKey(token: string | null): string {
  if (token === null || token === '') return '';
  const key = Buffer.from(token, 'base64url').toString();
  if (!key.includes('/')) throw new StatusError(failure(410, 'The provided continue parameter is too old'));
  return key;
}

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}
