import type { World } from '../../world.ts';
import { SlackApiError } from '../api-error.ts';
import { flag, text } from '../args.ts';
import { addMember, channelPayload, removeMember, visibleChannel, writableChannel } from '../channels.ts';
import { writes, type Methods } from '../define-method.ts';
import { BOT_USER_ID, TEAM } from '../personas.ts';
import type { Channel } from '../types.ts';

const INVITES_MAX = 100;

export const methods: Methods = {
  'conversations.invite': writes(({ world, args }) => {
    const channel = writableChannel(world, args);
    if (channel.is_im) throw new SlackApiError('method_not_supported_for_channel_type');
    const users = text(args, 'users')
      .split(',')
      .map((id) => id.trim())
      .filter((id) => id !== '');
    if (users.length === 0) throw new SlackApiError('no_user');
    if (users.length > INVITES_MAX) throw new SlackApiError('too_many_users');
    const problems = users
      .map((user) => ({ user, error: inviteProblem(world, channel, user) }))
      .filter((problem) => problem.error !== undefined);
    const good = users.filter((user) => !problems.some((problem) => problem.user === user));
    const [first] = problems;
    // All or nothing, unless the caller forces it: then the good ones come in.
    if (first && (!flag(args, 'force') || good.length === 0)) {
      const errors = problems.map((problem) => ({ ...problem, ok: false }));
      throw new SlackApiError(first.error ?? '', users.length > 1 ? { errors } : {});
    }
    for (const user of good) addMember(world, channel.id, user, BOT_USER_ID);
    const invited = visibleChannel(world, channel.id);
    return {
      channel: channelPayload(invited),
      ...(first ? { errors: problems.map((problem) => ({ ...problem, ok: false })) } : {}),
    };
  }),
  'conversations.kick': writes(({ world, args }) => {
    const channel = writableChannel(world, args);
    const user = text(args, 'user');
    if (user === BOT_USER_ID) throw new SlackApiError('cant_kick_self');
    if (channel.id === 'C0GENERAL') throw new SlackApiError('cant_kick_from_general');
    if (!channel.members.includes(user)) throw new SlackApiError('not_in_channel');
    removeMember(world, channel.id, user);
    return {};
  }),
};

function inviteProblem(world: World, channel: Channel, id: string): string | undefined {
  const user = world.slack.users.get(id);
  if (!user) return 'user_not_found';
  if (id === BOT_USER_ID) return 'cant_invite_self';
  if (user.deleted || user.team_id !== TEAM.id) return 'cant_invite';
  if (channel.members.includes(id)) return 'already_in_channel';
  // A single-channel guest has its one channel already.
  return user.is_ultra_restricted ? 'ura_max_channels' : undefined;
}
