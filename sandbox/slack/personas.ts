import type { SlackUser, UserGroup } from './types.ts';

export const TEAM = { id: 'T0SANDBOX', name: 'Sandbox', domain: 'sandbox' } as const;
export const OTHER_TEAM_ID = 'T0OTHER';
export const APP_ID = 'A0TOCSIN';
export const BOT_USER_ID = 'U0TOCSIN';
export const BOT_ID = 'B0TOCSIN';
export const BOT_TOKEN = 'xoxb-sandbox';
export const APP_TOKEN = 'xapp-sandbox';

/** The people of the workspace, the same in every sandbox so that settings and tests can name them. */
export const PEOPLE: readonly SlackUser[] = [
  person('U0ANA', 'ana', 'Ana Silva'),
  person('U0BEN', 'ben', 'Ben Okafor'),
  person('U0CLEO', 'cleo', 'Cleo Martin'),
  person('U0MIRA', 'mira', 'Mira Novak'),
  person('U0MAX', 'max', 'Max Weber'),
  { ...person('U0GUEST', 'guest', 'Gwen Guest'), is_restricted: true, is_ultra_restricted: true },
  { ...person('U0STRANGER', 'stranger', 'Sam Stranger'), team_id: OTHER_TEAM_ID },
  { ...person('U0GONE', 'gone', 'Gil Gone'), deleted: true },
  { ...person(BOT_USER_ID, 'tocsin', 'Tocsin'), is_bot: true },
];

export const USER_GROUPS: readonly UserGroup[] = [
  { id: 'S0MANAGERS', handle: 'managers', name: 'Managers', users: ['U0MIRA', 'U0MAX'] },
  { id: 'S0ONCALL', handle: 'oncall', name: 'On call', users: ['U0ANA', 'U0BEN'] },
];

/** Who is in the two channels at start: everyone who still belongs to the workspace. */
export const FIRST_CHANNELS = [
  { id: 'C0GENERAL', name: 'general', creator: 'U0MIRA', purpose: 'Everyone, everything' },
  { id: 'C0INCIDENTS', name: 'incidents', creator: 'U0MIRA', purpose: 'Incidents are announced here' },
] as const;

function person(id: string, name: string, realName: string): SlackUser {
  return {
    id,
    team_id: TEAM.id,
    name,
    real_name: realName,
    deleted: false,
    is_bot: false,
    is_restricted: false,
    is_ultra_restricted: false,
  };
}
