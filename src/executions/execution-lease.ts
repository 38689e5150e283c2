import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';

/** Seconds that a lease lasts, and milliseconds between renewals: a dead replica is taken over within 15 s. */
const LEASE_SECONDS = 10;
const RENEW_EVERY = 3_000;

/**
 * Runs work while holding the lease of an execution, so that two replicas never run one at the same time. The signal
 * ends the work when the lease is lost.
 * @throws CodedError rate_limited (try again in a moment) while another replica holds it
 */
export async function withLease(
  deps: Pick<Deps, 'db' | 'log' | 'newId'>,
  executionId: string,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const owner = deps.newId();
  if (!(await take(deps, executionId, owner))) {
    throw new CodedError('rate_limited', 'Another replica is running this.', { retryAfterSeconds: 2 });
  }
  const lost = new AbortController();
  const timer = setInterval(() => void renew(deps, executionId, owner, lost), RENEW_EVERY);
  try {
    await work(AbortSignal.any([outer, lost.signal]));
  } finally {
    clearInterval(timer);
    await release(deps, executionId, owner);
  }
}

/** Also when it ends later than any lease can: then the database's clock was set back, and nobody holds it. */
async function take(deps: Pick<Deps, 'db'>, executionId: string, owner: string): Promise<boolean> {
  const answer = await deps.db.query(
    `update executions set lease_owner = $2, lease_until = app.now() + make_interval(secs => $3)
     where id = $1 and (lease_owner is null or lease_until < app.now()
       or lease_until > app.now() + make_interval(secs => 2 * $3))`,
    [executionId, owner, LEASE_SECONDS],
  );
  return answer.rowCount === 1;
}

async function renew(
  deps: Pick<Deps, 'db' | 'log'>,
  executionId: string,
  owner: string,
  lost: AbortController,
): Promise<void> {
  try {
    const answer = await deps.db.query(
      `update executions set lease_until = app.now() + make_interval(secs => $3)
       where id = $1 and lease_owner = $2 and lease_until >= app.now()`,
      [executionId, owner, LEASE_SECONDS],
    );
    // Ended executions have no lease: their work is done, not lost.
    if (answer.rowCount === 0) lost.abort(new CodedError('unavailable', 'The lease was lost.'));
  } catch (error) {
    deps.log.warn({ err: error, execution: executionId }, 'a lease could not be renewed');
  }
}

/** Best effort: what is not released runs out by itself. */
async function release(deps: Pick<Deps, 'db' | 'log'>, executionId: string, owner: string): Promise<void> {
  try {
    await deps.db.query(
      `update executions set lease_owner = null, lease_until = null where id = $1 and lease_owner = $2`,
      [executionId, owner],
    );
  } catch (error) {
    deps.log.warn({ err: error, execution: executionId }, 'a lease could not be released; it runs out');
  }
}
