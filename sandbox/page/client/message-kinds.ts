import type { Message } from './types.ts';

const SYSTEM =
  /^(?:channel_(?:join|leave|topic|purpose|name|archive|unarchive)|group_(?:join|leave|topic|purpose|name|archive)|pinned_item)$/;

/** What the workspace itself writes: who came, what was pinned, a new topic. */
export function isSystem(message: Message): boolean {
  return message.subtype !== undefined && SYSTEM.test(message.subtype);
}

/** Stands in its thread only. */
export function isReply(message: Message): boolean {
  return (
    message.thread_ts !== undefined &&
    message.thread_ts !== message.ts &&
    message.subtype !== 'thread_broadcast'
  );
}
