import { randomUUID } from 'node:crypto';

import type { ClusterParts } from './cluster-parts.ts';
import type { HttpAnswer, HttpCall } from './http-call.ts';
import { applyJsonPatch } from './json-patch.ts';
import { kubeTime } from './kube-time.ts';
import { applyMergePatch } from './merge-patch.ts';
import type { KubeObject } from './objects.ts';
import { existing } from './read.ts';
import { deletePod } from './replica-set-controller.ts';
import type { Target } from './request-path.ts';
import type { ResourceInfo } from './resources.ts';
import { isRecord } from './same-json.ts';
import { alreadyExists, badRequest, conflict, failure, notFound, StatusError } from './status.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';
import { checkImmutable, validated, withDefaults } from './validate.ts';

const PATCHES: Record<string, (target: unknown, patch: unknown) => unknown> = {
  'application/json-patch+json': applyJsonPatch,
  'application/merge-patch+json': applyMergePatch,
  'application/strategic-merge-patch+json': applyStrategicMergePatch,
};

/**
 * The body of a PATCH applied to a value, by its content type.
 *
 * @throws StatusError 415 for a type that is not served (server-side apply is not), 400 for a body that is no JSON.
 */
export function patched(call: HttpCall, value: unknown): unknown {
  const apply = PATCHES[call.contentType];
  if (!apply) throw unsupported(Object.keys(PATCHES));
  return apply(value, jsonOf(call.body));
}

/** PATCH and PUT of an object or of its status. */
export function changeObject(parts: ClusterParts, call: HttpCall, target: Target): HttpAnswer {
  const before = existing(parts.store, target);
  const wanted = call.method === 'PATCH' ? patched(call, before) : written(call);
  const next = nextObject(target, before, wanted);
  if (isDryRun(call)) return { code: 200, body: next };
  const stored = parts.store.update(target.info.resource, before, (draft) => overwrite(draft, next));
  const effect = stored?.metadata.resourceVersion !== before.metadata.resourceVersion;
  return { code: 200, body: stored ?? next, effect };
}

/** POST: a new deployment. */
export function createObject(parts: ClusterParts, call: HttpCall, target: Target): HttpAnswer {
  const { info } = target;
  const json = withDefaults(withoutNulls(written(call)));
  const metadata = isRecord(json) && isRecord(json.metadata) ? json.metadata : {};
  const { name } = metadata;
  if (!isRecord(json) || typeof name !== 'string' || !NAME.test(name))
    throw badRequest('name or generateName is required');
  const namespace = target.namespace ?? 'default';
  if (!parts.store.get('namespaces', '', namespace)) {
    const namespaces = { ...info, resource: 'namespaces', group: '' } as const;
    throw notFound(namespaces, namespace);
  }
  if (parts.store.get(info.resource, namespace, name)) throw alreadyExists(info, name);
  const object = validated(info, name, {
    ...json,
    metadata: {
      ...metadata,
      namespace,
      uid: randomUUID(),
      resourceVersion: '',
      generation: 1,
      creationTimestamp: kubeTime(parts.now()),
    },
    status: {},
  });
  if (isDryRun(call)) return { code: 201, body: object };
  return { code: 201, body: parts.store.create(info.resource, object), effect: true };
}

/** DELETE: a pod goes by and by (its replica set makes another), a deployment with all that it owns. */
export function deleteObject(parts: ClusterParts, call: HttpCall, target: Target): HttpAnswer {
  const before = existing(parts.store, target);
  const options = call.body === '' ? {} : written(call);
  const wanted = isRecord(options) && isRecord(options.preconditions) ? options.preconditions : {};
  for (const key of ['uid', 'resourceVersion'] as const) {
    if (wanted[key] !== undefined && wanted[key] !== before.metadata[key])
      throw conflict(target.info, before.metadata.name);
  }
  if (isDryRun(call)) return { code: 200, body: before };
  const atOnce =
    (isRecord(options) && options.gracePeriodSeconds === 0) || call.query.get('gracePeriodSeconds') === '0';
  if (before.kind === 'Pod' && !atOnce) {
    const again = before.metadata.deletionTimestamp !== undefined;
    return { code: 200, body: deletePod(parts, before) ?? before, effect: !again };
  }
  parts.store.remove(target.info.resource, before);
  if (before.kind === 'Pod') return { code: 200, body: before, effect: true };
  const details = {
    name: before.metadata.name,
    group: target.info.group,
    kind: target.info.resource,
    uid: before.metadata.uid,
  };
  return {
    code: 200,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details },
    effect: true,
  };
}

/** The object that a POST or PUT brings; the binary form of the API is not served. */
export function written(call: HttpCall): unknown {
  if (call.contentType !== '' && call.contentType !== 'application/json')
    throw unsupported(['application/json']);
  return jsonOf(call.body);
}

function unsupported(accepted: string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new StatusError(failure(415, message));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw Object.assign(badRequest('the body of the request is not valid JSON'), { cause });
  }
}

/** `dryRun=All`: everything is checked, nothing is stored. */
export function isDryRun(call: HttpCall): boolean {
  return call.query.get('dryRun') === 'All';
}

const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** What the object becomes: the server's own fields stay, and spec and status are written by separate doors. */
function nextObject(target: Target, before: KubeObject, wanted: unknown): KubeObject {
  const { info } = target;
  const { name } = before.metadata;
  if (!isRecord(wanted) || !isRecord(wanted.metadata))
    throw badRequest('the body of the request is not an object of that kind');
  checkIdentity(info, before, wanted, wanted.metadata);
  const { uid, resourceVersion, generation, creationTimestamp, deletionTimestamp } = before.metadata;
  const server = { uid, resourceVersion, generation, creationTimestamp, deletionTimestamp };
  const old: Record<string, unknown> = before;
  const json =
    target.subresource === 'status'
      ? { ...old, status: wanted.status }
      : {
          ...wanted,
          metadata: { ...wanted.metadata, ...server },
          ...('status' in old ? { status: old.status } : {}),
        };
  const next = validated(info, name, withDefaults(withoutNulls(json)));
  checkImmutable(info, before, next);
  return next;
}

function checkIdentity(
  info: ResourceInfo,
  before: KubeObject,
  wanted: Record<string, unknown>,
  metadata: Record<string, unknown>,
): void {
  const { name, namespace, resourceVersion, uid } = before.metadata;
  if (metadata.name !== name) throw badRequest('the name of the object does not match the name on the URL');
  if ((metadata.namespace ?? namespace) !== namespace)
    throw badRequest('the namespace of the object does not match the namespace on the URL');
  if ((wanted.kind ?? info.kind) !== info.kind)
    throw badRequest(`the kind of the object must be ${info.kind}`);
  const version = metadata.resourceVersion;
  if (version !== undefined && version !== '' && version !== resourceVersion) throw conflict(info, name);
  if (metadata.uid !== undefined && metadata.uid !== uid) throw conflict(info, name);
}

function overwrite(draft: KubeObject, next: KubeObject): void {
  const fields: Record<string, unknown> = draft;
  for (const key of Object.keys(fields)) if (!(key in next)) delete fields[key];
  Object.assign(draft, next);
}

/** A null says the same as a missing field. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([, part]) => part !== null && part !== undefined);
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutNulls(part)]));
}
