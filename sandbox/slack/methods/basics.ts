import { text } from '../args.ts';
import { SlackApiError } from '../api-error.ts';
import { reads, type Methods } from '../define-method.ts';
import { APP_ID, BOT_ID, BOT_USER_ID, TEAM } from '../personas.ts';

export const methods: Methods = {
  'api.test': {
    writes: false,
    token: 'none',
    run: ({ args }) => {
      const error = text(args, 'error');
      if (error !== '') throw new SlackApiError(error, { args });
      return { args };
    },
  },
  'auth.test': reads(({ world }) => ({
    url: `${world.url}/`,
    team: TEAM.name,
    user: 'tocsin',
    team_id: TEAM.id,
    user_id: BOT_USER_ID,
    bot_id: BOT_ID,
    is_enterprise_install: false,
  })),
  'apps.connections.open': {
    writes: false,
    token: 'app',
    run: ({ world }) => ({
      url: `${world.url.replace('http', 'ws')}/slack/link?ticket=${world.newId('').toLowerCase()}&app_id=${APP_ID}`,
    }),
  },
};
