import { SlackApiError } from '../api-error.ts';
import { text, type Args } from '../args.ts';
import { putChannel, visibleChannel, writableChannel } from '../channels.ts';
import { reads, writes, type Methods } from '../define-method.ts';
import { APP_ID, BOT_USER_ID, TEAM } from '../personas.ts';
import { putMessage } from '../put-message.ts';
import { react } from '../react.ts';
import type { World } from '../../world.ts';
import type { Channel, Message } from '../types.ts';

const PINS_MAX = 100;
const BOOKMARKS_MAX = 100;

export const methods: Methods = {
  'pins.add': writes(({ world, args }) => {
    const channel = writableChannel(world, args);
    const message = messageAt(world, channel, text(args, 'timestamp'));
    if (message.pinned) throw new SlackApiError('already_pinned');
    const pins = world.slack.messages.of(channel.id).filter((other) => other.pinned === true);
    if (pins.length >= PINS_MAX) throw new SlackApiError('too_many_pins');
    world.slack.messages.set({ ...message, pinned: true });
    world.events.publish({ type: 'message_changed', channel: channel.id, ts: message.ts });
    putMessage(world, {
      channel: channel.id,
      user: BOT_USER_ID,
      text: 'pinned a message to this channel.',
      subtype: 'pinned_item',
    });
    return {};
  }),
  'bookmarks.add': writes(({ world, args }) => {
    const channel = writableChannel(world, args, 'channel_id');
    const link = text(args, 'link');
    if (text(args, 'type') !== 'link') throw new SlackApiError('invalid_bookmark_type');
    if (!/^https?:\/\/\S+$/.test(link)) throw new SlackApiError('invalid_link');
    if (channel.bookmarks.length >= BOOKMARKS_MAX) throw new SlackApiError('too_many_bookmarks');
    const bookmark = {
      id: world.newId('Bk0'),
      channel_id: channel.id,
      title: text(args, 'title'),
      link,
      emoji: text(args, 'emoji'),
      icon_url: null,
      type: 'link',
      app_id: APP_ID,
      date_created: Math.floor(world.now() / 1000),
      last_updated_by_user_id: BOT_USER_ID,
      last_updated_by_team_id: TEAM.id,
    };
    putChannel(world, { ...channel, bookmarks: [...channel.bookmarks, bookmark] });
    return { bookmark };
  }),
  'reactions.add': writes(({ world, args }) => {
    const channel = writableChannel(world, args);
    react(world, itemOf(world, channel, args), {
      user: BOT_USER_ID,
      name: text(args, 'name'),
      remove: false,
    });
    return {};
  }),
  'reactions.get': reads(({ world, args }) => {
    const channel = visibleChannel(world, text(args, 'channel'));
    const message = itemOf(world, channel, args);
    return {
      type: 'message',
      channel: channel.id,
      message: {
        type: 'message',
        user: message.user,
        text: message.text,
        ts: message.ts,
        team: TEAM.id,
        ...(message.reactions ? { reactions: message.reactions } : {}),
      },
    };
  }),
};

function itemOf(world: World, channel: Channel, args: Args): Message {
  const ts = text(args, 'timestamp');
  if (ts === '') throw new SlackApiError('no_item_specified');
  return messageAt(world, channel, ts);
}

function messageAt(world: World, channel: Channel, ts: string): Message {
  if (!/^\d+\.\d+$/.test(ts)) throw new SlackApiError('bad_timestamp');
  const message = world.slack.messages.get(channel.id, ts);
  if (!message || message.ephemeral !== undefined) throw new SlackApiError('message_not_found');
  return message;
}
