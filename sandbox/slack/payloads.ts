import type { World } from '../world.ts';
import { APP_ID, TEAM } from './personas.ts';
import type { Channel, Json, Message, SlackUser } from './types.ts';
import type { Trigger } from './state.ts';

/** A verification token, long deprecated and still sent by Slack. */
export const VERIFICATION_TOKEN = 'sandbox-verification-token';

/** Long after they expired; until then a refusal says why. */
const FORGET_TRIGGER_MS = 600_000;
const FORGET_RESPONSE_MS = 3_600_000;

/** A new trigger_id for what this person just did: good once, for three seconds. */
export function newTrigger(world: World, user: string, viewId?: string): string {
  const id = `${world.now()}.${Math.floor(world.now() / 1000)}.${world.newId('').toLowerCase()}`;
  for (const [old, { issued }] of world.slack.triggers) {
    if (world.now() - issued > FORGET_TRIGGER_MS) world.slack.triggers.delete(old);
  }
  const trigger: Trigger = {
    issued: world.now(),
    user,
    used: false,
    ...(viewId === undefined ? {} : { viewId }),
  };
  world.slack.triggers.set(id, trigger);
  return id;
}

/** A new response_url for what this person just did. */
export function newResponseUrl(
  world: World,
  facts: { user: string; channel: string; ts?: string; ephemeral?: boolean },
): string {
  for (const old of world.slack.responseUrls.values()) {
    if (world.now() - old.created > FORGET_RESPONSE_MS) world.slack.responseUrls.delete(old.id);
  }
  const id = world.newId('').toLowerCase();
  world.slack.responseUrls.set(id, { id, uses: 0, created: world.now(), ...facts });
  return `${world.url}/slack/response/${id}`;
}

function userRef(user: SlackUser): Json {
  return { id: user.id, username: user.name, name: user.name, team_id: user.team_id };
}

/** What every interactive payload begins with. */
export function interactionBase(user: SlackUser): Json {
  return {
    team:
      user.team_id === TEAM.id ? { id: TEAM.id, domain: TEAM.domain } : { id: user.team_id, domain: 'other' },
    user: userRef(user),
    api_app_id: APP_ID,
    token: VERIFICATION_TOKEN,
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** The names that Slack gives in payloads: private channels and direct messages are not named. */
export function channelName(channel: Channel): string {
  if (channel.is_im) return 'directmessage';
  return channel.is_private ? 'privategroup' : channel.name;
}

/** A message as the Web API and payloads show it. */
export function messagePayload(message: Message, withMetadata = true): Json {
  const { channel: _channel, ephemeral: _ephemeral, pinned, metadata, ...rest } = message;
  return {
    type: 'message',
    ...rest,
    ...(message.bot_id === undefined ? {} : { team: TEAM.id }),
    ...(pinned ? { pinned_to: [message.channel] } : {}),
    ...(withMetadata && metadata ? { metadata } : {}),
  };
}
