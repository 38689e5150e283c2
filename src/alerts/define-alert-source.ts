import type { Secret } from '../lib/secret.ts';
import type { NormalisedAlert } from './model.ts';

/** A request as it arrived, before anything was parsed. */
export interface AlertRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawBody: Buffer;
}

export interface AlertSource {
  /** File name, and the last part of the address: POST /alerts/<id>. */
  readonly id: string;
  /** Whether the sender proved that it knows one of the secrets, compared in constant time. */
  readonly verify: (request: AlertRequest, secrets: readonly Secret[]) => boolean;
  /**
   * Alerts of a body that passed guardJson (depth, keys, text). Pure.
   * @throws CodedError bad_input naming the field that is wrong and what is allowed
   */
  readonly parse: (body: unknown) => readonly NormalisedAlert[];
  /** For people who connect the sender: what it is and how it sends its token. */
  readonly doc: { readonly title: string; readonly setup: string };
}

const marker: unique symbol = Symbol('alert source');

export type DefinedAlertSource = AlertSource & { readonly [marker]: true };

export function defineAlertSource(source: AlertSource): DefinedAlertSource {
  return Object.freeze({ ...source, [marker]: true as const });
}

export function isAlertSource(value: unknown): value is DefinedAlertSource {
  return typeof value === 'object' && value !== null && marker in value;
}
