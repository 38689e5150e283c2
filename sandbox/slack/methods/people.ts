import { SlackApiError } from '../api-error.ts';
import { flag, limit, page, text } from '../args.ts';
import { reads, type Methods } from '../define-method.ts';
import { APP_ID, BOT_ID, BOT_USER_ID, TEAM } from '../personas.ts';
import type { Json, SlackUser, UserGroup } from '../types.ts';

const FOUNDED = 1_700_000_000;

export const methods: Methods = {
  'users.info': reads(({ world, args }) => {
    const user = world.slack.users.get(text(args, 'user'));
    if (!user) throw new SlackApiError('user_not_found');
    return { user: userPayload(user) };
  }),
  'users.list': reads(({ world, args }) => {
    const own = world.slack.users.values().filter((user) => user.team_id === TEAM.id);
    const part = page(own, args, limit(args, 1000, 1000));
    return {
      members: part.items.map(userPayload),
      cache_ts: FOUNDED,
      response_metadata: { next_cursor: part.next },
    };
  }),
  // Bolt asks for its own bot when it starts.
  'bots.info': reads(({ world, args }) => {
    const id = text(args, 'bot');
    const user = world.slack.users.get(BOT_USER_ID);
    if (id !== BOT_ID || !user) throw new SlackApiError('bot_not_found');
    return {
      bot: {
        id: BOT_ID,
        app_id: APP_ID,
        user_id: BOT_USER_ID,
        name: user.name,
        deleted: false,
        updated: FOUNDED,
        icons: {},
      },
    };
  }),
  'usergroups.list': reads(({ world, args }) => ({
    usergroups: world.slack.usergroups.values().map((group) => ({
      ...groupPayload(group),
      ...(flag(args, 'include_users') ? { users: group.users } : {}),
      ...(flag(args, 'include_count') ? { user_count: group.users.length } : {}),
    })),
  })),
  'usergroups.users.list': reads(({ world, args }) => {
    const group = world.slack.usergroups.get(text(args, 'usergroup'));
    if (!group) throw new SlackApiError('no_such_subteam');
    return { users: group.users };
  }),
};

function userPayload(user: SlackUser): Json {
  return {
    ...user,
    tz: 'Europe/Berlin',
    tz_label: 'Central European Time',
    tz_offset: 3600,
    profile: {
      real_name: user.real_name,
      real_name_normalized: user.real_name,
      display_name: user.name,
      display_name_normalized: user.name,
      team: user.team_id,
      ...(user.id === BOT_USER_ID ? { bot_id: BOT_ID, api_app_id: APP_ID } : {}),
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_app_user: false,
    ...(user.team_id === TEAM.id ? {} : { is_stranger: true }),
    updated: FOUNDED,
  };
}

function groupPayload(group: UserGroup): Json {
  return {
    id: group.id,
    team_id: TEAM.id,
    is_usergroup: true,
    is_subteam: true,
    name: group.name,
    description: '',
    handle: group.handle,
    is_external: false,
    date_create: FOUNDED,
    date_update: FOUNDED,
    date_delete: 0,
    prefs: { channels: [], groups: [] },
  };
}
