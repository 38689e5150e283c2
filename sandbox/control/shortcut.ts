import type { FastifyInstance } from 'fastify';

import { deliver } from '../slack/deliver.ts';
import {
  channelName,
  interactionBase,
  messagePayload,
  newResponseUrl,
  newTrigger,
} from '../slack/payloads.ts';
import type { World } from '../world.ts';
import { body, need, optional } from './body.ts';
import { actor, ControlRefusal, seenChannel } from './refuse.ts';

/** A global shortcut, or one on a message when `ts` is given. */
export function registerShortcut(app: FastifyInstance, world: World): void {
  app.post('/control/shortcut', async (request) => {
    const given = body(request);
    const user = actor(world, given.as);
    const callbackId = need(given, 'callback_id');
    const ts = optional(given, 'ts');
    const type = ts === undefined ? 'global' : 'message';
    const known = world.slack.manifest.shortcuts;
    if (
      known.length > 0 &&
      !known.some((shortcut) => shortcut.callback_id === callbackId && shortcut.type === type)
    ) {
      throw new ControlRefusal(`The app has no ${type} shortcut "${callbackId}".`);
    }
    const base = {
      ...interactionBase(user),
      callback_id: callbackId,
      trigger_id: newTrigger(world, user.id),
      action_ts: world.slack.messages.nextTs(),
    };
    if (ts === undefined) {
      const { body: _body, ...result } = await deliver(world, {
        kind: 'interactive',
        payload: { type: 'shortcut', ...base },
      });
      return result;
    }
    const channel = seenChannel(world, given.channel, user);
    const message = world.slack.messages.get(channel.id, ts);
    if (!message || message.ephemeral !== undefined) throw new ControlRefusal('There is no such message.');
    const payload = {
      type: 'message_action',
      ...base,
      message_ts: ts,
      channel: { id: channel.id, name: channelName(channel) },
      message: messagePayload(message),
      response_url: newResponseUrl(world, { user: user.id, channel: channel.id }),
    };
    const { body: _body, ...result } = await deliver(world, { kind: 'interactive', payload });
    return result;
  });
}
