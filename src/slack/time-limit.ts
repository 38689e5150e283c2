import type { Database, Queryable } from '../db/database.ts';
import { CodedError } from '../errors.ts';

export const NOT_RECORDED = 'I could not record that; the database does not answer. Nothing was changed.';
const TOO_SLOW = 'That took too long, so I stopped it. Nothing was changed. Please try again.';
const UNKNOWN =
  'The database does not say whether that was recorded. Look at the current state before you try again.';

/** Milliseconds: Slack takes no answer after three seconds, and a busy process needs some of them. */
const LIMIT_MS = 2_000;
/** Milliseconds a commit that is on its way when the limit is reached may still take. */
const COMMIT_MS = 400;

interface State {
  over: boolean;
  /** Statements and transactions that wait for the database. */
  pending: number;
  /** Transactions that were told to commit and have not answered. */
  committing: number;
}

/**
 * Runs the answer to a person within Slack's time. `work` is given a database that commits nothing after the limit, so
 * that "nothing was changed" is true when the person reads it.
 * @throws CodedError `unavailable` when time ran out, `ambiguous` when a commit did not answer
 */
export async function withTimeLimit<T>(db: Database, work: (db: Database) => Promise<T>): Promise<T> {
  const state: State = { over: false, pending: 0, committing: 0 };
  const working = work(limitDatabase(db, state));
  // When the limit comes first nobody waits for the work any more; what it throws then has been answered already.
  working.catch(() => {});
  const timer = startTimer(LIMIT_MS);
  try {
    const done = await Promise.race([working.then((value) => ({ value })), timer.rings]);
    if (done !== undefined) return done.value;
  } finally {
    timer.stop();
  }
  return afterLimit(state, working);
}

async function afterLimit<T>(state: State, working: Promise<T>): Promise<T> {
  if (state.committing === 0) {
    state.over = true;
    throw new CodedError('unavailable', state.pending > 0 ? NOT_RECORDED : TOO_SLOW);
  }
  const timer = startTimer(COMMIT_MS);
  try {
    const done = await Promise.race([working.then((value) => ({ value })), timer.rings]);
    if (done !== undefined) return done.value;
  } finally {
    timer.stop();
    state.over = true;
  }
  throw new CodedError('ambiguous', UNKNOWN);
}

function limitDatabase(db: Database, state: State): Database {
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    if (state.over) throw new CodedError('unavailable', NOT_RECORDED);
    state.pending += 1;
    try {
      return await work();
    } catch (error) {
      throw error instanceof CodedError && error.code === 'unavailable'
        ? new CodedError('unavailable', NOT_RECORDED, { cause: error })
        : error;
    } finally {
      state.pending -= 1;
    }
  };
  return {
    close: () => db.close(),
    query: (text, values) => counted(() => db.query(text, values)),
    transaction: (work) => counted(() => runTransaction(db, state, work)),
  };
}

async function runTransaction<T>(
  db: Database,
  state: State,
  work: (tx: Queryable) => Promise<T>,
): Promise<T> {
  let committing = 0;
  try {
    return await db.transaction(async (tx) => {
      const value = await work(tx);
      if (state.over) throw new CodedError('unavailable', NOT_RECORDED);
      committing = 1;
      state.committing += 1;
      return value;
    });
  } catch (error) {
    // A connection that broke during COMMIT leaves it open whether the change is there.
    const isOpen = committing > 0 && error instanceof CodedError && error.code === 'unavailable';
    throw isOpen ? new CodedError('ambiguous', UNKNOWN, { cause: error }) : error;
  } finally {
    state.committing -= committing;
  }
}

function startTimer(milliseconds: number): { readonly rings: Promise<undefined>; readonly stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), milliseconds);
  return { rings: promise, stop: () => clearTimeout(timer) };
}
