import type { World } from '../world.ts';
import { deliverEvent } from './deliver.ts';
import { VERIFICATION_TOKEN } from './payloads.ts';
import { APP_ID, BOT_USER_ID, TEAM } from './personas.ts';
import type { Channel, Json } from './types.ts';

/**
 * Sends an event to the app when it subscribed to it, in the background as Slack does.
 *
 * @param subscription name in the manifest, such as `message.channels`; the event's own type differs
 */
export function emit(world: World, subscription: string, event: Json): void {
  const subscribed = world.slack.manifest.botEvents;
  if (subscribed && !subscribed.has(subscription)) return;
  void deliverEvent(world, {
    token: VERIFICATION_TOKEN,
    team_id: TEAM.id,
    context_team_id: TEAM.id,
    context_enterprise_id: null,
    api_app_id: APP_ID,
    event: { event_ts: world.slack.messages.nextTs(), ...event },
    type: 'event_callback',
    event_id: world.newId('Ev0'),
    event_time: Math.floor(world.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: TEAM.id,
        user_id: BOT_USER_ID,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  });
}

/** An event of a channel that the bot is in; nothing leaves other channels. */
export function emitIn(world: World, channel: Channel, event: Json): void {
  if (!channel.members.includes(BOT_USER_ID)) return;
  const kind = channel.is_im ? 'im' : channel.is_private ? 'groups' : 'channels';
  const type = channel.is_im ? 'im' : channel.is_private ? 'group' : 'channel';
  emit(world, `message.${kind}`, { channel: channel.id, channel_type: type, ...event });
}
