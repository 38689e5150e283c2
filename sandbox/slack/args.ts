import { refusal, SlackApiError } from './api-error.ts';
import type { Json } from './types.ts';

/** Arguments of one call: strings from a form, JSON values from a JSON body. */
export type Args = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A plain list of objects, or undefined. */
export function objects(value: unknown): Json[] | undefined {
  return Array.isArray(value) && value.every(isObject) ? value : undefined;
}

/** The text of an argument, '' when it is missing. Numbers are accepted as Slack does. */
export function text(args: Args, name: string): string {
  const value = args[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

export function flag(args: Args, name: string): boolean {
  const value = args[name];
  return value === true || value === 'true' || value === '1' || value === 1;
}

/** A whole number between 1 and `max`. */
export function limit(args: Args, fallback: number, max: number): number {
  if (args.limit === undefined || args.limit === '' || args.limit === 0 || args.limit === '0')
    return fallback;
  const value = Number(args.limit);
  if (!Number.isInteger(value) || value < 1) throw new SlackApiError('invalid_limit');
  return Math.min(value, max);
}

/** A structured argument: JSON text in a form, JSON itself in a JSON body. */
export function structure(args: Args, name: string, error: string): unknown {
  const value = args[name];
  if (typeof value !== 'string') return value;
  if (value.trim() === '') return undefined;
  try {
    return JSON.parse(value);
  } catch {
    throw refusal(error, [`${name} is not valid JSON [json-pointer:/${name}]`]);
  }
}

/** One page of a list; the cursor is opaque to callers. */
export function page<T>(items: T[], args: Args, size: number): { items: T[]; next: string } {
  const cursor = text(args, 'cursor');
  const start =
    cursor === ''
      ? 0
      : Number(
          Buffer.from(cursor, 'base64')
            .toString()
            .replace(/^next:/, ''),
        );
  if (!Number.isInteger(start) || start < 0 || start > items.length)
    throw new SlackApiError('invalid_cursor');
  const end = start + size;
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(`next:${end}`).toString('base64') : '',
  };
}
