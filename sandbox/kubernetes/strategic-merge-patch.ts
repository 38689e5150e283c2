import { isRecord, sameJson } from './same-json.ts';
import { badRequest } from './status.ts';

/** The key by which the elements of a list are told apart; lists not named here are replaced as a whole. */
const MERGE_KEYS: Record<string, string> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  env: 'name',
  volumes: 'name',
  imagePullSecrets: 'name',
  ports: 'containerPort',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  conditions: 'type',
  ownerReferences: 'uid',
};

/** Lists of plain values that are merged as sets. */
const SETS = new Set(['finalizers']);

const ORDER = '$setElementOrder/';
const DELETE_FROM = '$deleteFromPrimitiveList/';

/**
 * Applies a strategic merge patch: like a merge patch, but lists with a merge key merge by element, and the
 * directives `$patch`, `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…` are obeyed.
 *
 * @throws StatusError 400 when a list element lacks its merge key.
 */
export function applyStrategicMergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return structuredClone(patch);
  if (patch.$patch === 'delete') return {};
  if (patch.$patch === 'replace') return clean(patch);
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  retain(result, patch.$retainKeys);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    if (value === null) delete result[key];
    else if (Array.isArray(value)) result[key] = mergeList(key, result[key], value);
    else result[key] = applyStrategicMergePatch(result[key], value);
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(DELETE_FROM)) dropFrom(result, key.slice(DELETE_FROM.length), value);
    if (key.startsWith(ORDER)) reorder(result, key.slice(ORDER.length), value);
  }
  return result;
}

function mergeList(field: string, current: unknown, patch: unknown[]): unknown[] {
  const existing = Array.isArray(current) ? current : [];
  if (SETS.has(field))
    return [...existing, ...patch.filter((one) => !existing.some((old) => sameJson(old, one)))];
  const key = MERGE_KEYS[field];
  if (key === undefined || !patch.every(isRecord)) return structuredClone(patch);
  if (patch.some((element) => element.$patch === 'replace')) {
    return patch.filter((element) => element.$patch !== 'replace').map(clean);
  }
  const result: unknown[] = [...existing];
  for (const element of patch) {
    const id = element[key];
    if (id === undefined)
      throw badRequest(`map: ${JSON.stringify(element)} does not contain declared merge key: ${key}`);
    const at = result.findIndex((one) => isRecord(one) && sameJson(one[key], id));
    if (element.$patch === 'delete') {
      if (at >= 0) result.splice(at, 1);
    } else if (at >= 0) result[at] = applyStrategicMergePatch(result[at], element);
    else result.push(clean(element));
  }
  return result;
}

/** A new value: nulls and directives have nothing to act on. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key, part]) => !key.startsWith('$') && part !== null);
  return Object.fromEntries(kept.map(([key, part]) => [key, clean(part)]));
}

function retain(result: Record<string, unknown>, keys: unknown): void {
  if (!Array.isArray(keys)) return;
  for (const key of Object.keys(result)) if (!keys.includes(key)) delete result[key];
}

function dropFrom(result: Record<string, unknown>, field: string, values: unknown): void {
  const list = result[field];
  if (Array.isArray(list) && Array.isArray(values))
    result[field] = list.filter((one) => !values.includes(one));
}

/** Elements that the order names come in that order; the others keep their places after them. */
function reorder(result: Record<string, unknown>, field: string, order: unknown): void {
  const list: unknown = result[field];
  if (!Array.isArray(list) || !Array.isArray(order)) return;
  const key = MERGE_KEYS[field];
  const idOf = (one: unknown): unknown => (key !== undefined && isRecord(one) ? one[key] : one);
  const wanted = order.map(idOf);
  const rank = (one: unknown): number => {
    const at = wanted.findIndex((id) => sameJson(id, idOf(one)));
    return at < 0 ? wanted.length : at;
  };
  result[field] = [...list].sort((a, b) => rank(a) - rank(b));
}
