import { isObject } from '../slack/args.ts';
import { ControlRefusal } from './refuse.ts';

/** The JSON object of a request. */
export function body(request: { body: unknown }): Record<string, unknown> {
  if (request.body === undefined || request.body === null) return {};
  if (!isObject(request.body)) throw new ControlRefusal('Send a JSON object.');
  return request.body;
}

/** A text that must be there. */
export function need(of: Record<string, unknown>, name: string): string {
  const value = of[name];
  if (typeof value !== 'string' || value === '') throw new ControlRefusal(`"${name}" is missing.`);
  return value;
}

export function optional(of: Record<string, unknown>, name: string): string | undefined {
  const value = of[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
