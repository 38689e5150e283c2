import type { World } from '../world.ts';
import { SlackApiError } from './api-error.ts';
import { text, type Args } from './args.ts';
import { emit } from './emit.ts';
import { BOT_USER_ID, TEAM } from './personas.ts';
import { putMessage } from './put-message.ts';
import type { Channel, Json } from './types.ts';

/**
 * The channel an argument names, as the bot sees it: a private one that it is not in does not exist for it.
 *
 * @throws SlackApiError channel_not_found
 */
export function visibleChannel(world: World, id: string): Channel {
  const channel = world.slack.channels.get(id);
  if (!channel) throw new SlackApiError('channel_not_found');
  const hidden = channel.is_private || channel.is_im;
  if (hidden && !channel.members.includes(BOT_USER_ID)) throw new SlackApiError('channel_not_found');
  return channel;
}

/**
 * A channel that the bot may write in.
 *
 * @throws SlackApiError channel_not_found, is_archived, not_in_channel
 */
export function writableChannel(world: World, args: Args, name = 'channel'): Channel {
  const channel = visibleChannel(world, text(args, name));
  if (channel.is_archived) throw new SlackApiError('is_archived');
  if (!channel.members.includes(BOT_USER_ID)) throw new SlackApiError('not_in_channel');
  return channel;
}

/** Stores a changed channel and tells the page. */
export function putChannel(world: World, channel: Channel): Channel {
  world.slack.channels.set(channel.id, channel);
  world.events.publish({ type: 'channel', channel: channel.id });
  return channel;
}

/** Puts a person in a channel, with the line and the event that Slack shows for it. */
export function addMember(world: World, channelId: string, user: string, inviter?: string): Channel {
  const channel = visibleToAll(world, channelId);
  const joined = putChannel(world, { ...channel, members: [...channel.members, user] });
  const text =
    inviter === undefined ? `<@${user}> has joined the channel` : `<@${user}> was added by <@${inviter}>`;
  putMessage(world, { channel: channel.id, user, text, subtype: 'channel_join' });
  emit(world, 'member_joined_channel', {
    type: 'member_joined_channel',
    user,
    channel: channel.id,
    channel_type: channel.is_private ? 'G' : 'C',
    team: TEAM.id,
    ...(inviter === undefined ? {} : { inviter }),
  });
  return joined;
}

export function removeMember(world: World, channelId: string, user: string): Channel {
  const channel = visibleToAll(world, channelId);
  const left = putChannel(world, {
    ...channel,
    members: channel.members.filter((member) => member !== user),
  });
  putMessage(world, {
    channel: channel.id,
    user,
    text: `<@${user}> has left the channel`,
    subtype: 'channel_leave',
  });
  emit(world, 'member_left_channel', {
    type: 'member_left_channel',
    user,
    channel: channel.id,
    channel_type: channel.is_private ? 'G' : 'C',
    team: TEAM.id,
  });
  return left;
}

/** A channel as the Web API shows it. */
export function channelPayload(channel: Channel): Json {
  const member = channel.members.includes(BOT_USER_ID);
  if (channel.is_im) {
    return {
      id: channel.id,
      created: channel.created,
      is_im: true,
      is_org_shared: false,
      user: channel.user,
      is_user_deleted: false,
    };
  }
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: !channel.is_private,
    is_group: channel.is_private,
    is_im: false,
    is_mpim: false,
    is_private: channel.is_private,
    is_archived: channel.is_archived,
    is_general: channel.id === 'C0GENERAL',
    is_member: member,
    is_shared: false,
    is_ext_shared: false,
    is_org_shared: false,
    created: channel.created,
    creator: channel.creator,
    context_team_id: TEAM.id,
    topic: channel.topic,
    purpose: channel.purpose,
    previous_names: [],
    num_members: channel.members.length,
  };
}

function visibleToAll(world: World, id: string): Channel {
  const channel = world.slack.channels.get(id);
  if (!channel) throw new SlackApiError('channel_not_found');
  return channel;
}
