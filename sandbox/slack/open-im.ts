import type { World } from '../world.ts';
import { SlackApiError } from './api-error.ts';
import { BOT_USER_ID } from './personas.ts';
import { newChannel } from './state.ts';
import type { Channel } from './types.ts';
import { putChannel } from './channels.ts';

/** The direct message between the bot and a person; made on first use. */
export function openIm(world: World, userId: string): Channel {
  const user = world.slack.users.get(userId);
  if (!user) throw new SlackApiError('user_not_found');
  if (user.deleted) throw new SlackApiError('user_disabled');
  const id = `D${userId.slice(1)}`;
  const known = world.slack.channels.get(id);
  if (known) return known;
  const created = Math.floor(world.now() / 1000);
  return putChannel(world, {
    ...newChannel({ id, name: user.name, creator: BOT_USER_ID, created }),
    is_im: true,
    user: userId,
    members: [BOT_USER_ID, userId],
  });
}
