import { SlackApiError } from '../api-error.ts';
import { flag, limit, page, text, type Args } from '../args.ts';
import { visibleChannel } from '../channels.ts';
import { reads, type Call, type Methods } from '../define-method.ts';
import { messagePayload } from '../payloads.ts';
import { BOT_USER_ID } from '../personas.ts';
import type { Channel, Json, Message } from '../types.ts';

export const methods: Methods = {
  'conversations.history': reads((call) => {
    const channel = readableChannel(call);
    const all = shown(call, channel);
    const roots = all.filter(
      (message) =>
        message.thread_ts === undefined ||
        message.thread_ts === message.ts ||
        message.reply_broadcast === true,
    );
    const found = between(roots, call.args).reverse();
    const part = page(found, call.args, limit(call.args, 100, 999));
    return {
      messages: part.items.map((message) => withReplies(call, message, all)),
      has_more: part.next !== '',
      pin_count: all.filter((message) => message.pinned === true).length,
      ...(part.next === '' ? {} : { response_metadata: { next_cursor: part.next } }),
    };
  }),
  'conversations.replies': reads((call) => {
    const channel = readableChannel(call);
    const all = shown(call, channel);
    const asked = all.find((message) => message.ts === text(call.args, 'ts'));
    if (!asked) throw new SlackApiError('thread_not_found');
    const root = asked.thread_ts ?? asked.ts;
    const thread = all.filter((message) => message.ts === root || message.thread_ts === root);
    const [parent, ...replies] = thread;
    const part = page(between(replies, call.args), call.args, limit(call.args, 1000, 1000));
    return {
      messages: [
        ...(parent ? [withReplies(call, parent, all)] : []),
        ...part.items.map((message) => show(call, message)),
      ],
      has_more: part.next !== '',
      ...(part.next === '' ? {} : { response_metadata: { next_cursor: part.next } }),
    };
  }),
};

function readableChannel({ world, args }: Call): Channel {
  const channel = visibleChannel(world, text(args, 'channel'));
  if (!channel.members.includes(BOT_USER_ID)) throw new SlackApiError('not_in_channel');
  return channel;
}

function shown({ world }: Call, channel: Channel): Message[] {
  return world.slack.messages.of(channel.id).filter((message) => message.ephemeral === undefined);
}

/** Timestamps compare as text: they have one length until the year 2286. */
function between(messages: Message[], args: Args): Message[] {
  const oldest = bound(args, 'oldest');
  const latest = bound(args, 'latest');
  const inclusive = flag(args, 'inclusive');
  return messages.filter(({ ts }) => {
    const at = Number(ts);
    if (oldest !== undefined && (inclusive ? at < oldest : at <= oldest)) return false;
    return latest === undefined || (inclusive ? at <= latest : at < latest);
  });
}

function bound(args: Args, name: 'oldest' | 'latest'): number | undefined {
  const value = text(args, name);
  if (value === '') return undefined;
  const number = Number(value);
  if (!Number.isFinite(number)) throw new SlackApiError(`invalid_ts_${name}`);
  return number;
}

function show({ args }: Call, message: Message): Json {
  return messagePayload(message, flag(args, 'include_all_metadata'));
}

function withReplies(call: Call, message: Message, all: Message[]): Json {
  const replies = all.filter((other) => other.thread_ts === message.ts && other.ts !== message.ts);
  if (replies.length === 0) return show(call, message);
  const users = [...new Set(replies.map((reply) => reply.user))];
  return {
    ...show(call, message),
    reply_count: replies.length,
    reply_users: users,
    reply_users_count: users.length,
    latest_reply: replies.at(-1)?.ts,
  };
}
