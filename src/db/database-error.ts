import pg from 'pg';
import { CodedError } from '../errors.ts';

/**
 * SQLSTATE classes that pass: connection trouble, resources, shutdown, serialisation, read-only standby, and what our own
 * limits end (57014, 25P03, 25P04: waiting for a lock that somebody holds looks like this).
 */
const TEMPORARY = /^(08|53|57P|57014|40|25006|25P0[34]|55P03|58)/;

/**
 * Database failures as coded errors. Temporary ones are `unavailable`; a rule of the schema that was hit keeps its
 * pg error as cause, so that callers can look at `constraintOf`.
 */
export function toDatabaseError(thrown: unknown): CodedError {
  if (thrown instanceof CodedError) return thrown;
  if (thrown instanceof pg.DatabaseError && !TEMPORARY.test(thrown.code ?? '')) {
    const details = { sqlstate: thrown.code ?? 'unknown', constraint: thrown.constraint ?? null };
    return new CodedError('internal', 'The database refused a statement. It has been logged.', {
      cause: thrown,
      details,
    });
  }
  // Everything else from the driver is a connection that could not be had, broke or timed out.
  return new CodedError('unavailable', 'The database does not answer right now.', { cause: thrown });
}

/** The constraint that a statement violated, or undefined. */
export function constraintOf(error: unknown): string | undefined {
  if (!(error instanceof CodedError)) return undefined;
  return error.cause instanceof pg.DatabaseError ? error.cause.constraint : undefined;
}
