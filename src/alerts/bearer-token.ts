import { anySecretEquals } from '../lib/secret.ts';
import type { Secret } from '../lib/secret.ts';
import type { AlertRequest } from './define-alert-source.ts';

const BEARER = /^Bearer ([\x21-\x7e]{1,4096})$/i;

/**
 * Whether `Authorization: Bearer <token>` holds one of the secrets. Without a token, or without secrets to compare
 * with, it compares all the same, so that time tells nothing about either.
 */
export function hasBearerToken(request: AlertRequest, secrets: readonly Secret[]): boolean {
  const header = request.headers['authorization'];
  const given = typeof header === 'string' ? BEARER.exec(header)?.[1] : undefined;
  const matches = anySecretEquals(secrets.length === 0 ? [UNKNOWN] : secrets, given ?? '');
  return matches && given !== undefined && secrets.length > 0;
}

/** What is compared when there is nothing to compare with; being equal to it grants nothing. */
const UNKNOWN: Secret = {
  reveal: () => 'no secret is configured for this sender',
  toString: () => '[secret]',
  toJSON: () => '[secret]',
};
