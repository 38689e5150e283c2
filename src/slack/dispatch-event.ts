import { toCodedError } from '../errors.ts';
import { checkOrigin } from './check-origin.ts';
import type { EventHandler } from './define-listener.ts';
import type { DispatchDeps } from './dispatch.ts';
import type { Incoming } from './incoming.ts';
import { asRecord, textOf } from './payload.ts';
import { isFirstSeen } from './seen-requests.ts';

export type EventTable = ReadonlyMap<string, readonly EventHandler[]>;

/**
 * An event of the Events API, effective once however often Slack delivers it. Bolt has acknowledged it already, so a
 * handler's failure is logged and not repeated: events only hint at what is read again anyway.
 */
export async function dispatchEvent(
  deps: DispatchDeps,
  events: EventTable,
  incoming: Incoming,
): Promise<void> {
  const event = asRecord(incoming.body['event']);
  const handlers = events.get(textOf(event['type'])) ?? [];
  if (handlers.length === 0) return;
  try {
    // An event may be about anybody or nobody; only where it comes from is checked.
    const user = { teamId: incoming.teamId, userId: 'event' };
    checkOrigin(await deps.identity(), { ...incoming, user });
    if (!(await isFirstSeen(deps.db, incoming.keys))) return;
    for (const handler of handlers) await handler({ deps, teamId: incoming.teamId, event });
  } catch (error) {
    deps.log.warn(
      { err: toCodedError(error), event: textOf(event['type']) },
      'an event of Slack had no effect',
    );
  }
}
