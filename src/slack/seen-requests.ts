import type { Queryable } from '../db/database.ts';

/** Longer than Slack retries (five minutes) and than a signature is good for. */
const KEPT = "interval '1 hour'";
/** One of so many requests also clears what is old. */
const CLEAR_EVERY = 200;

let requests = 0;

/**
 * Notes the keys of a delivery (signature, event id, envelope id).
 * @returns false when any of them was seen before: the delivery is a repeat and has no effect
 */
export async function isFirstSeen(db: Queryable, keys: readonly string[]): Promise<boolean> {
  if (keys.length === 0) return true;
  const answer = await db.query(
    'insert into seen_requests (key) select unnest($1::text[]) on conflict do nothing',
    [keys],
  );
  requests += 1;
  if (requests % CLEAR_EVERY === 0) {
    await db.query(`delete from seen_requests where seen_at < app.now() - ${KEPT}`);
  }
  return answer.rowCount === keys.length;
}
