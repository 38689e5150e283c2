import pg from 'pg';
import { expect, it } from 'vitest';
import { toDatabaseError } from '../../../src/db/database-error.ts';

function failure(code: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('x', 0, 'error'), { code });
}

it.each([
  ['57014', 'a statement ended by our own time limit, as when a lock is held'],
  ['25P03', 'a transaction ended because it was idle'],
  ['55P03', 'a lock that was not to be had'],
  ['40P01', 'a deadlock'],
  ['25006', 'a standby'],
  ['53100', 'a full disk'],
  ['57P01', 'a server that stops'],
  ['08006', 'a broken connection'],
])('calls %s temporary: %s', (code) => {
  expect(toDatabaseError(failure(code))).toMatchObject({ code: 'unavailable', retryable: true });
});

it.each([
  ['23505', 'a broken rule'],
  ['42501', 'a missing right'],
  ['22P05', 'a text that cannot be stored'],
])('does not try %s again: %s', (code) => {
  expect(toDatabaseError(failure(code))).toMatchObject({ code: 'internal', retryable: false });
});
