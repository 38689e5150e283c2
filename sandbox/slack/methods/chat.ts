import type { World } from '../../world.ts';
import { SlackApiError } from '../api-error.ts';
import { flag, text, type Args } from '../args.ts';
import { readContent } from '../blocks/check-content.ts';
import { visibleChannel, writableChannel } from '../channels.ts';
import { reads, writes, type Methods } from '../define-method.ts';
import { openIm } from '../open-im.ts';
import { messagePayload } from '../payloads.ts';
import { BOT_USER_ID } from '../personas.ts';
import { changeMessage, deleteMessage, putBotMessage } from '../put-message.ts';
import type { Channel, Message } from '../types.ts';

const TEXT_MAX = 40_000;

export const methods: Methods = {
  'chat.postMessage': writes(({ world, args }) => {
    const channel = target(world, args);
    // A new post is cut at the limit, while an update is refused.
    const content = readContent({ ...args, text: text(args, 'text').slice(0, TEXT_MAX) }, randomId(world));
    const thread = threadOf(world, channel, args);
    const broadcast =
      thread.thread_ts !== undefined && flag(args, 'reply_broadcast') ? { reply_broadcast: true } : {};
    const message = putBotMessage(world, { channel: channel.id, content, ...thread, ...broadcast });
    return { channel: channel.id, ts: message.ts, message: messagePayload(message) };
  }),
  'chat.update': writes(({ world, args }) => {
    const channel = writableChannel(world, args);
    const message = ownMessage(world, channel, { ts: text(args, 'ts'), refusal: 'cant_update_message' });
    const changed = changeMessage(world, message, readContent(args, randomId(world)), BOT_USER_ID);
    return { channel: channel.id, ts: changed.ts, text: changed.text, message: messagePayload(changed) };
  }),
  'chat.delete': writes(({ world, args }) => {
    const channel = writableChannel(world, args);
    const message = ownMessage(world, channel, { ts: text(args, 'ts'), refusal: 'cant_delete_message' });
    deleteMessage(world, message);
    return { channel: channel.id, ts: message.ts };
  }),
  'chat.postEphemeral': writes(({ world, args }) => {
    const channel = writableChannel(world, args);
    const user = text(args, 'user');
    if (!channel.members.includes(user)) throw new SlackApiError('user_not_in_channel');
    const content = readContent(args, randomId(world));
    const message = putBotMessage(world, {
      channel: channel.id,
      content,
      ephemeral: user,
      ...threadOf(world, channel, args),
    });
    return { message_ts: message.ts };
  }),
  'chat.getPermalink': reads(({ world, args }) => {
    const channel = visibleChannel(world, text(args, 'channel'));
    const message = world.slack.messages.get(channel.id, text(args, 'message_ts'));
    if (!message || message.ephemeral !== undefined) throw new SlackApiError('message_not_found');
    return {
      channel: channel.id,
      permalink: `${world.url}/archives/${channel.id}/p${message.ts.replace('.', '')}`,
    };
  }),
};

/** A person's id stands for the direct message with that person. */
function target(world: World, args: Args): Channel {
  const id = text(args, 'channel');
  if (id.startsWith('U')) return openIm(world, id);
  return writableChannel(world, args);
}

function ownMessage(world: World, channel: Channel, wanted: { ts: string; refusal: string }): Message {
  const message = world.slack.messages.get(channel.id, wanted.ts);
  // Ephemeral messages are out of the API's reach.
  if (!message || message.ephemeral !== undefined) throw new SlackApiError('message_not_found');
  if (message.user !== BOT_USER_ID || message.subtype !== undefined) throw new SlackApiError(wanted.refusal);
  return message;
}

function threadOf(world: World, channel: Channel, args: Args): { thread_ts?: string } {
  const ts = text(args, 'thread_ts');
  if (ts === '') return {};
  const parent = world.slack.messages.get(channel.id, ts);
  if (!parent || parent.ephemeral !== undefined) throw new SlackApiError('cannot_reply_to_message');
  // The first reply makes its parent a thread.
  if (parent.thread_ts === undefined) world.slack.messages.set({ ...parent, thread_ts: parent.ts });
  return { thread_ts: parent.thread_ts ?? parent.ts };
}

function randomId(world: World): () => string {
  return () => world.newId('').slice(0, 5);
}
