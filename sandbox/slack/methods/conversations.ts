import { SlackApiError } from '../api-error.ts';
import { flag, limit, page, text } from '../args.ts';
import {
  addMember,
  channelPayload,
  putChannel,
  removeMember,
  visibleChannel,
  writableChannel,
} from '../channels.ts';
import { reads, writes, type Call, type Methods } from '../define-method.ts';
import { emit } from '../emit.ts';
import { checkName } from '../channel-name.ts';
import { openIm } from '../open-im.ts';
import { BOT_USER_ID } from '../personas.ts';
import { putMessage } from '../put-message.ts';
import { newChannel } from '../state.ts';
import type { Channel } from '../types.ts';

const TOPIC_MAX = 250;

export const methods: Methods = {
  'conversations.create': writes(({ world, args }) => {
    const name = checkName(world, text(args, 'name'));
    const created = Math.floor(world.now() / 1000);
    const id = world.newId('C0');
    const channel = {
      ...newChannel({ id, name, creator: BOT_USER_ID, created }),
      is_private: flag(args, 'is_private'),
    };
    putChannel(world, channel);
    putMessage(world, {
      channel: id,
      user: BOT_USER_ID,
      text: `<@${BOT_USER_ID}> has joined the channel`,
      subtype: 'channel_join',
    });
    if (!channel.is_private)
      emit(world, 'channel_created', {
        type: 'channel_created',
        channel: { id, name, created, creator: BOT_USER_ID },
      });
    return { channel: channelPayload(channel) };
  }),
  'conversations.rename': writes((call) => {
    const channel = ownTurn(call);
    const renamed = putChannel(call.world, {
      ...channel,
      name: checkName(call.world, text(call.args, 'name')),
    });
    return { channel: channelPayload(renamed) };
  }),
  'conversations.setTopic': writes((call) => ({ channel: channelPayload(describe(call, 'topic')) })),
  'conversations.setPurpose': writes((call) => ({ channel: channelPayload(describe(call, 'purpose')) })),
  'conversations.archive': writes((call) => {
    const channel = visibleChannel(call.world, text(call.args, 'channel'));
    if (channel.is_im) throw new SlackApiError('method_not_supported_for_channel_type');
    if (channel.id === 'C0GENERAL') throw new SlackApiError('cant_archive_general');
    if (channel.is_archived) throw new SlackApiError('already_archived');
    if (!channel.members.includes(BOT_USER_ID)) throw new SlackApiError('not_in_channel');
    putMessage(call.world, {
      channel: channel.id,
      user: BOT_USER_ID,
      text: 'archived the channel',
      subtype: 'channel_archive',
    });
    putChannel(call.world, { ...channel, is_archived: true });
    emit(call.world, 'channel_archive', { type: 'channel_archive', channel: channel.id, user: BOT_USER_ID });
    return {};
  }),
  'conversations.info': reads(({ world, args }) => {
    const channel = visibleChannel(world, text(args, 'channel'));
    const { num_members: members, ...payload } = channelPayload(channel);
    return { channel: flag(args, 'include_num_members') ? { ...payload, num_members: members } : payload };
  }),
  'conversations.list': reads(({ world, args }) => {
    const types = new Set((text(args, 'types') || 'public_channel').split(',').map((type) => type.trim()));
    const known = new Set(['public_channel', 'private_channel', 'im', 'mpim']);
    if (![...types].every((type) => known.has(type))) throw new SlackApiError('invalid_types');
    const channels = world.slack.channels
      .values()
      .filter((channel) =>
        types.has(channel.is_im ? 'im' : channel.is_private ? 'private_channel' : 'public_channel'),
      )
      .filter((channel) => (!channel.is_private && !channel.is_im) || channel.members.includes(BOT_USER_ID))
      .filter((channel) => !flag(args, 'exclude_archived') || !channel.is_archived);
    const part = page(channels, args, limit(args, 100, 1000));
    return { channels: part.items.map(channelPayload), response_metadata: { next_cursor: part.next } };
  }),
  'conversations.members': reads(({ world, args }) => {
    const channel = visibleChannel(world, text(args, 'channel'));
    const part = page(channel.members, args, limit(args, 100, 1000));
    return { members: part.items, response_metadata: { next_cursor: part.next } };
  }),
  'conversations.open': writes(({ world, args }) => {
    const users = text(args, 'users')
      .split(',')
      .filter((id) => id !== '');
    if (users.length === 0) {
      const known = text(args, 'channel');
      if (known === '') throw new SlackApiError('users_list_not_supplied');
      return { channel: { id: visibleChannel(world, known).id }, no_op: true, already_open: true };
    }
    if (users.length > 1) throw new SlackApiError('method_not_supported_for_channel_type');
    const existed = world.slack.channels.get(`D${(users[0] ?? '').slice(1)}`) !== undefined;
    const channel = openIm(world, users[0] ?? '');
    return {
      channel: flag(args, 'return_im') ? channelPayload(channel) : { id: channel.id },
      ...(existed ? { no_op: true, already_open: true } : {}),
    };
  }),
  'conversations.join': writes(({ world, args }) => {
    const channel = visibleChannel(world, text(args, 'channel'));
    if (channel.is_archived) throw new SlackApiError('is_archived');
    if (channel.is_private || channel.is_im) throw new SlackApiError('method_not_supported_for_channel_type');
    if (channel.members.includes(BOT_USER_ID))
      return { channel: channelPayload(channel), warning: 'already_in_channel', no_op: true };
    return { channel: channelPayload(addMember(world, channel.id, BOT_USER_ID)) };
  }),
  'conversations.leave': writes(({ world, args }) => {
    const channel = visibleChannel(world, text(args, 'channel'));
    if (!channel.members.includes(BOT_USER_ID)) return { not_in_channel: true, no_op: true };
    removeMember(world, channel.id, BOT_USER_ID);
    return {};
  }),
};

function ownTurn({ world, args }: Call): Channel {
  const channel = writableChannel(world, args);
  if (channel.is_im) throw new SlackApiError('method_not_supported_for_channel_type');
  return channel;
}

function describe(call: Call, field: 'topic' | 'purpose'): Channel {
  const channel = ownTurn(call);
  const value = text(call.args, field);
  if (value.length > TOPIC_MAX) throw new SlackApiError('too_long');
  const described = { value, creator: BOT_USER_ID, last_set: Math.floor(call.world.now() / 1000) };
  putMessage(call.world, {
    channel: channel.id,
    user: BOT_USER_ID,
    text: `set the channel ${field === 'topic' ? 'topic' : 'description'}: ${value}`,
    subtype: `channel_${field}`,
  });
  return putChannel(call.world, { ...channel, [field]: described });
}
