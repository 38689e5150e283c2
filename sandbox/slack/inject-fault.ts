import type { FastifyReply } from 'fastify';
import { setTimeout as wait } from 'node:timers/promises';

import type { Fault } from '../faults.ts';

export type Answer = { status: number; headers: Record<string, string>; body: Record<string, unknown> };

/**
 * Injects what happens before a call is processed.
 *
 * @returns the answer to give instead (status 0: the connection was cut), undefined to go on
 */
export async function cutBefore(fault: Fault | undefined, reply: FastifyReply): Promise<Answer | undefined> {
  switch (fault?.kind) {
    case 'ok_false':
      return { status: 200, headers: {}, body: { ok: false, error: fault.error } };
    case 'rate_limited':
      return {
        status: 429,
        headers: { 'retry-after': String(fault.retry_after) },
        body: { ok: false, error: 'ratelimited' },
      };
    case 'status':
      return { status: fault.code, headers: {}, body: { ok: false, error: 'internal_error' } };
    case 'timeout_before':
      await wait(fault.ms, undefined, { ref: false });
      reply.raw.destroy();
      return { status: 0, headers: {}, body: { ok: false, error: fault.kind } };
    case 'reset_before':
      reply.raw.destroy();
      return { status: 0, headers: {}, body: { ok: false, error: fault.kind } };
    case 'half_open':
      // The connection stays open and silent until the caller gives up.
      return { status: 0, headers: {}, body: { ok: false, error: fault.kind } };
    default:
      return undefined;
  }
}

/** Injects what happens after a call was processed; true when the connection was cut instead of answered. */
export async function cutAfter(fault: Fault | undefined, reply: FastifyReply): Promise<boolean> {
  if (fault?.kind === 'slow') await wait(fault.ms, undefined, { ref: false });
  if (fault?.kind !== 'processed_then_reset') return false;
  reply.raw.destroy();
  return true;
}
