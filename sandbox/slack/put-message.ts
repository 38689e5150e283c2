import type { World } from '../world.ts';
import { emit, emitIn } from './emit.ts';
import { messagePayload } from './payloads.ts';
import { APP_ID, BOT_ID, BOT_USER_ID } from './personas.ts';
import type { Content } from './blocks/check-content.ts';
import type { Json, Message } from './types.ts';

/** Stores a new message and tells page and app. Ephemeral ones reach the page alone. */
export function putMessage(world: World, facts: Omit<Message, 'ts'>): Message {
  const message: Message = { ts: world.slack.messages.nextTs(), ...facts };
  world.slack.messages.set(message);
  const { channel, ts, thread_ts, ephemeral } = message;
  if (ephemeral !== undefined) {
    world.events.publish({ type: 'ephemeral', channel, ts, user: ephemeral, thread_ts });
    return message;
  }
  world.events.publish({ type: 'message', channel, ts, thread_ts });
  const stored = world.slack.channels.get(channel);
  if (!stored) return message;
  const event = { ...messagePayload(message, false), event_ts: ts };
  emitIn(world, stored, event);
  const mentioned =
    message.subtype === undefined &&
    message.user !== BOT_USER_ID &&
    message.text.includes(`<@${BOT_USER_ID}>`);
  if (mentioned && stored.members.includes(BOT_USER_ID))
    emit(world, 'app_mention', { ...event, type: 'app_mention', channel });
  return message;
}

/** Stores a message as the bot's own. */
export function putBotMessage(
  world: World,
  facts: { channel: string; content: Content } & Pick<
    Message,
    'thread_ts' | 'ephemeral' | 'files' | 'reply_broadcast'
  >,
): Message {
  const { content, ...where } = facts;
  const { metadata, ...rest } = content;
  const kept = metadata && Object.keys(metadata).length > 0 ? { metadata } : {};
  return putMessage(world, { ...where, ...rest, ...kept, user: BOT_USER_ID, bot_id: BOT_ID, app_id: APP_ID });
}

/**
 * Changes a message. Blocks, attachments and metadata that are not given stay; empty ones go.
 *
 * @param editor whose edit it is
 */
export function changeMessage(world: World, message: Message, content: Content, editor: string): Message {
  const changed: Message = {
    ...message,
    ...content,
    edited: { user: editor, ts: world.slack.messages.nextTs() },
  };
  if (changed.blocks?.length === 0) delete changed.blocks;
  if (changed.attachments?.length === 0) delete changed.attachments;
  if (changed.metadata && Object.keys(changed.metadata).length === 0) delete changed.metadata;
  world.slack.messages.set(changed);
  const { channel, ts, ephemeral } = changed;
  world.events.publish({ type: 'message_changed', channel, ts, user: ephemeral });
  if (ephemeral === undefined)
    emitChange(world, channel, {
      subtype: 'message_changed',
      message: messagePayload(changed, false),
      previous_message: messagePayload(message, false),
    });
  return changed;
}

export function deleteMessage(world: World, message: Message): void {
  const { channel, ts, ephemeral } = message;
  world.slack.messages.delete(channel, ts);
  world.events.publish({ type: 'message_deleted', channel, ts, user: ephemeral });
  if (ephemeral === undefined)
    emitChange(world, channel, {
      subtype: 'message_deleted',
      deleted_ts: ts,
      previous_message: messagePayload(message, false),
    });
}

function emitChange(world: World, channel: string, event: Json): void {
  const stored = world.slack.channels.get(channel);
  const ts = world.slack.messages.nextTs();
  if (stored) emitIn(world, stored, { type: 'message', hidden: true, ts, event_ts: ts, ...event });
}
