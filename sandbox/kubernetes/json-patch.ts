import { isRecord, sameJson } from './same-json.ts';
import { badRequest, failure, StatusError } from './status.ts';

/**
 * Applies a JSON patch (RFC 6902) to a copy of `target`.
 *
 * @throws StatusError 400 for a patch that cannot be read, 422 for one that does not apply (a failed `test` too).
 */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch))
    throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  const holder = { document: structuredClone(target) };
  for (const operation of patch) {
    if (!isRecord(operation) || typeof operation.path !== 'string')
      throw badRequest('a JSON patch operation needs op and path');
    applyOne(holder, operation, operation.path);
  }
  return holder.document;
}

type Holder = { document: unknown };

function applyOne(holder: Holder, operation: Record<string, unknown>, path: string): void {
  const from = typeof operation.from === 'string' ? operation.from : '';
  switch (operation.op) {
    case 'add':
      return put(holder, path, structuredClone(operation.value), 'add');
    case 'replace':
      return put(holder, path, structuredClone(operation.value), 'replace');
    case 'remove':
      remove(holder, path);
      return;
    case 'move':
      return put(holder, path, remove(holder, from), 'add');
    case 'copy':
      return put(holder, path, structuredClone(read(holder, from)), 'add');
    case 'test':
      if (!sameJson(read(holder, path), operation.value)) throw doesNotApply(`testing value ${path} failed`);
      return;
    default:
      throw badRequest(`Unexpected kind of operation: ${String(operation.op)}`);
  }
}

function put(holder: Holder, path: string, value: unknown, how: 'add' | 'replace'): void {
  const { parent, key } = locate(holder, path);
  if (Array.isArray(parent)) {
    const index = key === '-' && how === 'add' ? parent.length : indexIn(parent, key, how === 'add');
    parent.splice(index, how === 'add' ? 0 : 1, value);
  } else {
    if (how === 'replace' && !Object.hasOwn(parent, key))
      throw doesNotApply(`replace operation does not apply: doc is missing key: ${path}`);
    parent[key] = value;
  }
}

function remove(holder: Holder, path: string): unknown {
  const { parent, key } = locate(holder, path);
  if (Array.isArray(parent)) return parent.splice(indexIn(parent, key, false), 1)[0];
  if (!Object.hasOwn(parent, key))
    throw doesNotApply(`remove operation does not apply: doc is missing path: ${path}`);
  const value = parent[key];
  delete parent[key];
  return value;
}

function read(holder: Holder, path: string): unknown {
  const { parent, key } = locate(holder, path);
  if (Array.isArray(parent)) return parent[indexIn(parent, key, false)];
  return Object.hasOwn(parent, key) ? parent[key] : undefined;
}

/** Container and last key of a JSON pointer; the root document is reached through the holder itself. */
function locate(holder: Holder, path: string): { parent: Record<string, unknown> | unknown[]; key: string } {
  if (path !== '' && !path.startsWith('/')) throw badRequest(`invalid JSON pointer: ${path}`);
  const keys = path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop();
  if (last === undefined) return { parent: holder, key: 'document' };
  let at: unknown = holder.document;
  for (const key of keys) {
    if (Array.isArray(at)) at = at[indexIn(at, key, false)];
    else at = isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  if (!isRecord(at) && !Array.isArray(at)) throw doesNotApply(`doc is missing path: ${path}: missing value`);
  return { parent: at, key: last };
}

function indexIn(list: unknown[], key: string, orEnd: boolean): number {
  const index = /^\d+$/.test(key) ? Number(key) : -1;
  if (index < 0 || index > list.length || (index === list.length && !orEnd))
    throw doesNotApply(`Unable to access invalid index: ${key}`);
  return index;
}

function doesNotApply(why: string): StatusError {
  return new StatusError({
    ...failure(422, `the server rejected our request due to an error in our request: ${why}`),
  });
}
