import type { Queryable } from '../../db/database.ts';
import { methodRule } from './methods.ts';
import type { MethodName } from './methods.ts';

/** A share of Slack's limits that all replicas draw from, in table slack_budgets. */
export interface Bucket {
  readonly name: string;
  /** Seconds between calls in the long run. */
  readonly interval: number;
  /** Calls that may come at once after a pause. */
  readonly burst: number;
}

/** Urgency from which a call leaves part of the budget to more urgent ones. */
const LOW_URGENCY = 7;

/**
 * The buckets of a call: the method's, and the channel's where Slack counts that. A burst is an eighth of the minute's
 * budget; Slack's numbers are "20+", and what a sliding minute can hold (budget and burst) stays within a fifth above,
 * so that jitter on the way does not make a 429.
 * @param scale above 1 for workspaces to which Slack has granted more
 */
export function bucketsOf(method: MethodName, channel: string, scale: number): readonly Bucket[] {
  const rule = methodRule(method);
  const whole = {
    name: method,
    interval: 60 / (rule.perMinute * scale),
    burst: Math.max(1, Math.floor((rule.perMinute * scale) / 8)),
  };
  if (rule.perMinuteAndChannel === undefined || channel === '') return [whole];
  const interval = 60 / (rule.perMinuteAndChannel * scale);
  return [whole, { name: `${method}:${channel}`, interval, burst: Math.max(2, Math.floor(scale)) }];
}

/**
 * Takes the budget for one call, or none of it.
 * @returns seconds to wait; 0 when it was taken
 */
export async function takeBudget(
  db: Queryable,
  buckets: readonly Bucket[],
  options: { readonly urgency: number; readonly forced: boolean },
): Promise<number> {
  const answer = await db.query<{ wait: number }>('select take_slack_budget($1, $2, $3, $4) as wait', [
    buckets.map((bucket) => bucket.name),
    buckets.map((bucket) => bucket.interval),
    buckets.map((bucket) => tolerance(bucket, options.urgency)),
    options.forced,
  ]);
  return answer.rows[0]?.wait ?? 0;
}

/** Closes a bucket for as long as Slack said. */
export async function blockBudget(db: Queryable, bucket: Bucket, seconds: number): Promise<void> {
  await db.query('select block_slack_budget($1, $2, $3)', [bucket.name, seconds, tolerance(bucket, 1)]);
}

/** How far ahead a bucket may be spoken for, in seconds; calls of low urgency leave half of the burst free. */
function tolerance(bucket: Bucket, urgency: number): number {
  const burst = urgency >= LOW_URGENCY ? Math.max(1, Math.floor(bucket.burst / 2)) : bucket.burst;
  return (burst - 1) * bucket.interval;
}
