import { RESOURCES, type ResourceInfo } from './resources.ts';
import { badRequest, failure, StatusError } from './status.ts';

/** What a path names. Without a name it is the collection; without a namespace it is all of them. */
export type Target = { info: ResourceInfo; namespace?: string; name?: string; subresource?: string };

/**
 * Reads `/api/v1/…` and `/apis/<group>/<version>/…`. Segments are decoded one by one, so an encoded slash never
 * becomes a separator.
 *
 * @throws StatusError 400 for a path that cannot be decoded, 404 for what the cluster does not serve.
 */
export function targetOf(path: string): Target {
  const segments = path.split('/').slice(1).map(decode);
  if (segments.includes('')) throw unknownPath();
  const { served, rest } = groupOf(segments);
  const scoped = rest[0] === 'namespaces' && rest.length > 2;
  const namespace = scoped ? rest[1] : undefined;
  const [resource, name, subresource, ...more] = scoped ? rest.slice(2) : rest;
  const info = served.find((one) => one.resource === resource);
  if (!info || more.length > 0) throw unknownPath();
  // A named object of a namespaced kind needs its namespace; one of the others has none.
  if (scoped ? !info.namespaced : info.namespaced && name !== undefined) throw unknownPath();
  if (subresource !== undefined && !Object.hasOwn(info.subresources, subresource)) throw unknownPath();
  return {
    info,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

/** The kinds of the group and version that the path begins with, and what follows. */
function groupOf(segments: string[]): { served: ResourceInfo[]; rest: string[] } {
  const [root, ...below] = segments;
  if (root !== 'api' && root !== 'apis') throw unknownPath();
  const [group, version] = root === 'api' ? ['', below[0]] : below;
  return {
    served: RESOURCES.filter((info) => info.group === group && info.version === version),
    rest: below.slice(root === 'api' ? 1 : 2),
  };
}

export function unknownPath(): StatusError {
  return new StatusError(failure(404, 'the server could not find the requested resource'));
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw Object.assign(badRequest('the path of the request cannot be decoded'), { cause });
  }
}
