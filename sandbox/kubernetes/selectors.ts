import type { KubeObject } from './objects.ts';
import { isRecord } from './same-json.ts';
import { badRequest } from './status.ts';

export type Matcher = (object: KubeObject) => boolean;

/**
 * One matcher from the `labelSelector` and `fieldSelector` of a list or watch.
 *
 * @throws StatusError 400 when a selector cannot be read.
 */
export function selectorOf(labels: string | undefined, fields: string | undefined): Matcher {
  const labelTests = splitSelector(labels ?? '').map(labelTest);
  const fieldTests = splitSelector(fields ?? '').map(fieldTest);
  return (object) =>
    labelTests.every((test) => test(object.metadata.labels ?? {})) &&
    fieldTests.every((test) => test(object));
}

/** True when every label that `wanted` names is there with that value. */
export function hasLabels(
  labels: Record<string, string> | undefined,
  wanted: Record<string, string>,
): boolean {
  return Object.entries(wanted).every(([key, value]) => labels?.[key] === value);
}

/** Commas separate requirements, except within the brackets of a set. */
function splitSelector(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function labelTest(text: string): (labels: Record<string, string>) => boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = new Set(list.split(',').map((value) => value.trim()));
    return (labels) => {
      const value = labels[key];
      const inside = value !== undefined && values.has(value);
      return operator === 'in' ? inside : !inside;
    };
  }
  const pair = /^([^\s=!]+)\s*(==|=|!=)\s*([^\s=!]*)$/.exec(text);
  if (pair) {
    const [, key = '', operator, value] = pair;
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  const key = /^(!?)([^\s=!(),]+)$/.exec(text);
  if (!key) throw badRequest(`unable to parse requirement: ${text}`);
  const [, absent, name = ''] = key;
  return (labels) => (labels[name] === undefined) === (absent === '!');
}

function fieldTest(text: string): (object: KubeObject) => boolean {
  const pair = /^([\w.]+)(==|=|!=)(.*)$/.exec(text);
  if (!pair) throw badRequest(`invalid selector: '${text}'; can't understand '${text}'`);
  const [, path = '', operator, value] = pair;
  return (object) => (fieldAt(object, path) === value) === (operator !== '!=');
}

function fieldAt(object: KubeObject, path: string): string {
  let at: unknown = object;
  for (const key of path.split('.')) at = isRecord(at) ? at[key] : undefined;
  return typeof at === 'string' || typeof at === 'number' || typeof at === 'boolean' ? String(at) : '';
}
