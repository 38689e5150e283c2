/**
 * Every Web API method that Tocsin may call, with Slack's limit and the bot scopes it needs here (for public and private
 * channels). manifest.yml asks for exactly the union of these scopes; a test holds the two together.
 * Limits: docs.slack.dev/apis/web-api/rate-limits; tier 2 is 20 calls a minute, tier 3 50, tier 4 100, per workspace.
 */
export interface MethodRule {
  readonly perMinute: number;
  readonly scopes: readonly string[];
  /** Slack counts this one per channel too: calls a minute and channel. */
  readonly perMinuteAndChannel?: number;
}

const TIER_2 = 20;
const TIER_3 = 50;
const TIER_4 = 100;
/** "Special": Slack says several hundred a minute; we stay well below. */
const SPECIAL = 200;

const READ = ['channels:read', 'groups:read'] as const;
const MANAGE = ['channels:manage', 'groups:write'] as const;
const HISTORY = ['channels:history', 'groups:history'] as const;

export const METHODS = {
  'auth.test': { perMinute: SPECIAL, scopes: [] },
  'chat.postMessage': { perMinute: SPECIAL, perMinuteAndChannel: 60, scopes: ['chat:write'] },
  'chat.update': { perMinute: TIER_3, scopes: ['chat:write'] },
  'chat.postEphemeral': { perMinute: TIER_4, scopes: ['chat:write'] },
  'chat.getPermalink': { perMinute: SPECIAL, scopes: [] },
  'conversations.create': { perMinute: TIER_2, scopes: MANAGE },
  'conversations.list': { perMinute: TIER_2, scopes: READ },
  'conversations.history': { perMinute: TIER_3, scopes: HISTORY },
  'conversations.invite': { perMinute: TIER_3, scopes: MANAGE },
  'conversations.setTopic': { perMinute: TIER_2, scopes: MANAGE },
  'pins.add': { perMinute: TIER_2, scopes: ['pins:write'] },
  'files.getUploadURLExternal': { perMinute: TIER_4, scopes: ['files:write'] },
  'files.completeUploadExternal': { perMinute: TIER_4, scopes: ['files:write'] },
  'users.info': { perMinute: TIER_4, scopes: ['users:read'] },
  'usergroups.users.list': { perMinute: TIER_2, scopes: ['usergroups:read'] },
  'views.open': { perMinute: TIER_4, scopes: [] },
  'views.push': { perMinute: TIER_4, scopes: [] },
  'views.update': { perMinute: TIER_4, scopes: [] },
} as const satisfies Readonly<Record<string, MethodRule>>;

export type MethodName = keyof typeof METHODS;

/** Scopes without a method: the slash command and shortcuts. */
export const SCOPES_WITHOUT_METHOD = ['commands'] as const;

export function methodRule(method: MethodName): MethodRule {
  return METHODS[method];
}
