import type { Queryable } from '../db/database.ts';

export interface Lease {
  readonly surfaceId: string;
  readonly holder: string;
  /** Seconds since the message was last changed in Slack; null when it never was. */
  readonly sinceSent: number | null;
}

/**
 * Real seconds a lease lasts without being renewed: above one call to Slack (1.5 s for budget, 5 s for the answer), and
 * below the 10 s after which a dead holder's job is taken over, which would else wait for it once more.
 */
const LEASE_SECONDS = 9;

const LEASED = `lease_by = $2, lease_until = real_now() + make_interval(secs => ${LEASE_SECONDS})`;

/**
 * Takes the lease on a message, or returns the seconds until its holder's ends at the latest. One that ends later than
 * any can is from before the database's clock was set back: nobody holds it.
 */
export async function takeLease(
  db: Queryable,
  surfaceId: string,
  holder: string,
): Promise<Lease | { readonly heldFor: number } | undefined> {
  const taken = await db.query<{ since: number | null }>(
    `update surfaces set ${LEASED} where id = $1 and (lease_until is null or lease_until < real_now()
       or lease_until > real_now() + make_interval(secs => ${2 * LEASE_SECONDS}))
     returning extract(epoch from real_now() - sent_at)::float8 as since`,
    [surfaceId, holder],
  );
  if (taken.rows[0] !== undefined) return { surfaceId, holder, sinceSent: taken.rows[0].since };
  const held = await db.query<{ left: number | null }>(
    'select extract(epoch from lease_until - real_now())::float8 as left from surfaces where id = $1',
    [surfaceId],
  );
  return held.rows[0] === undefined ? undefined : { heldFor: Math.max(1, Math.ceil(held.rows[0].left ?? 1)) };
}

/** Before each call to Slack. @returns false when the lease was lost: stop, another run has the message */
export async function renewLease(db: Queryable, lease: Lease): Promise<boolean> {
  const answer = await db.query(`update surfaces set ${LEASED} where id = $1 and lease_by = $2`, [
    lease.surfaceId,
    lease.holder,
  ]);
  return answer.rowCount > 0;
}

/** @returns true when something newer is wanted than shown: whoever wanted it may have met our lease and gone away */
export async function releaseLease(db: Queryable, lease: Lease): Promise<boolean> {
  const answer = await db.query<{ behind: boolean }>(
    `update surfaces set lease_by = null, lease_until = null where id = $1 and lease_by = $2
     returning wanted > shown as behind`,
    [lease.surfaceId, lease.holder],
  );
  return answer.rows[0]?.behind ?? false;
}

export interface EarlierTry {
  /** Real time of the first try. */
  readonly triedAt: Date;
  readonly minutesAgo: number;
  readonly repeated: boolean;
}

/** What is known of a first post that was tried before and never confirmed; undefined when none was. */
export async function findEarlierTry(db: Queryable, surfaceId: string): Promise<EarlierTry | undefined> {
  const answer = await db.query<{ tried_at: Date | null; minutes: number | null; repeated: boolean }>(
    `select tried_at, extract(epoch from real_now() - tried_at)::float8 / 60 as minutes, repeated_at is not null as repeated
     from surfaces where id = $1 and ts is null`,
    [surfaceId],
  );
  const row = answer.rows[0];
  if (row === undefined || row.tried_at === null) return undefined;
  return { triedAt: row.tried_at, minutesAgo: row.minutes ?? 0, repeated: row.repeated };
}

/** Notes that posting is about to be tried: a crash from here on makes the next try look first. */
export async function noteTry(db: Queryable, surfaceId: string, isRepeat: boolean): Promise<void> {
  await db.query(
    `update surfaces set attempted_at = coalesce(attempted_at, app.now()), tried_at = coalesce(tried_at, real_now()),
       repeated_at = case when $2 then real_now() else repeated_at end
     where id = $1`,
    [surfaceId, isRepeat],
  );
}

/** Forgets a try that certainly had no effect, or a message that is gone: the next one is a first try. */
export async function forgetMessage(db: Queryable, surfaceId: string): Promise<void> {
  await db.query(
    `update surfaces set ts = null, shown_hash = null, attempted_at = null, tried_at = null, repeated_at = null where id = $1`,
    [surfaceId],
  );
}

/** Where the message is: Slack answers a post to a person with the channel of the conversation. */
export async function noteMessage(
  db: Queryable,
  surfaceId: string,
  message: { readonly channelId: string; readonly ts: string },
): Promise<void> {
  await db.query(
    `update surfaces set ts = $2, channel_id = $3, posted_at = coalesce(posted_at, app.now()), sent_at = real_now() where id = $1`,
    [surfaceId, message.ts, message.channelId],
  );
}

export async function noteUpdate(db: Queryable, surfaceId: string): Promise<void> {
  await db.query('update surfaces set sent_at = real_now() where id = $1', [surfaceId]);
}
