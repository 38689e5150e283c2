import { METHOD_FACTS, type MethodFacts } from './method-facts.ts';

/** Calls a minute of each tier; t5 is Slack's "special", some hundreds. */
const PER_MINUTE: Record<MethodFacts['tier'], number> = { t1: 1, t2: 20, t3: 50, t4: 100, t5: 300 };
/** On top of a tier's number, since Slack says "20+". */
const BURST = 0.2;
/** chat.postMessage: one a second and channel, a few more at once. */
const POSTS_AT_ONCE = 3;
const WINDOW_MS = 60_000;

export type Limiter = {
  /** Counts one call; seconds to wait when it is refused, 0 when it may pass. */
  check: (method: string, channel: string) => number;
  reset: () => void;
};

/**
 * Slack's limits: per method in a sliding minute, and per channel for posts.
 *
 * @param scale multiplies what is allowed; 0 allows everything
 */
export function createLimiter(scale: number, now: () => number): Limiter {
  const calls = new Map<string, number[]>();
  const posts = new Map<string, { tokens: number; at: number }>();
  return {
    check: (method, channel) => {
      if (scale === 0) return 0;
      const facts = METHOD_FACTS.get(method);
      const tier = facts?.tier ?? 't3';
      const allowed = Math.max(
        1,
        Math.floor((PER_MINUTE[tier] + Math.ceil(PER_MINUTE[tier] * BURST)) * scale),
      );
      const wait = method === 'chat.postMessage' ? takePost(posts, { channel, scale, now: now() }) : 0;
      return wait > 0 ? wait : takeCall(calls, { method, allowed, now: now() });
    },
    reset: () => {
      calls.clear();
      posts.clear();
    },
  };
}

function takeCall(
  calls: Map<string, number[]>,
  call: { method: string; allowed: number; now: number },
): number {
  const recent = (calls.get(call.method) ?? []).filter((at) => at > call.now - WINDOW_MS);
  calls.set(call.method, recent);
  const oldest = recent[recent.length - call.allowed];
  if (oldest !== undefined) return Math.max(1, Math.ceil((oldest + WINDOW_MS - call.now) / 1000));
  recent.push(call.now);
  return 0;
}

function takePost(
  posts: Map<string, { tokens: number; at: number }>,
  post: { channel: string; scale: number; now: number },
): number {
  const most = POSTS_AT_ONCE * Math.max(1, post.scale);
  const bucket = posts.get(post.channel) ?? { tokens: most, at: post.now };
  posts.set(post.channel, bucket);
  bucket.tokens = Math.min(most, bucket.tokens + ((post.now - bucket.at) / 1000) * post.scale);
  bucket.at = post.now;
  if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / post.scale));
  bucket.tokens -= 1;
  return 0;
}
