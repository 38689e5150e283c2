import type { FastifyInstance } from 'fastify';

import { APP_ID, BOT_ID, BOT_USER_ID, TEAM } from '../slack/personas.ts';
import { selectionOf } from '../slack/selections.ts';
import type { Channel, Message } from '../slack/types.ts';
import { stateValues } from '../slack/view-state.ts';
import { homeOf, modalsOf, viewPayload } from '../slack/views.ts';
import type { World } from '../world.ts';
import { ControlRefusal } from './refuse.ts';

/** Everything that can be seen: workspace, messages, screens, files, and the live feed. */
export function registerRead(app: FastifyInstance, world: World): void {
  app.get('/control/state', () => ({
    team: TEAM,
    me: { user_id: BOT_USER_ID, bot_id: BOT_ID, app_id: APP_ID },
    users: world.slack.users.values(),
    channels: world.slack.channels.values().map(channelView),
    usergroups: world.slack.usergroups.values(),
    commands: world.slack.manifest.commands,
    shortcuts: world.slack.manifest.shortcuts,
  }));
  app.get<{ Querystring: { channel?: string; as?: string } }>('/control/messages', (request) => {
    const { channel = '', as = '' } = request.query;
    if (!world.slack.channels.get(channel)) throw new ControlRefusal(`There is no channel "${channel}".`);
    const messages = world.slack.messages.of(channel);
    const seen = messages.filter((message) => message.ephemeral === undefined || message.ephemeral === as);
    return { messages: seen.map((message) => messageView(world, message, as)) };
  });
  app.get<{ Querystring: { as?: string } }>('/control/views', (request) => {
    const { as = '' } = request.query;
    const home = homeOf(world, as);
    return { modals: modalsOf(world, as).map(viewPayload), home: home ? viewPayload(home) : null };
  });
  app.get<{ Params: { id: string } }>('/control/files/:id', async (request, reply) => {
    const file = world.slack.files.get(request.params.id);
    if (!file) throw new ControlRefusal('There is no such file.', {}, 404);
    return reply
      .type(file.mimetype)
      .header('content-security-policy', 'sandbox')
      .send(Buffer.from(file.content, 'base64'));
  });
  app.get('/control/events', (_request, reply) => {
    reply.hijack();
    world.events.stream(reply.raw);
  });
}

function channelView(channel: Channel): Record<string, unknown> {
  return { ...channel, topic: channel.topic.value, purpose: channel.purpose.value };
}

/** A message as this person sees it: `state` holds the person's own checkbox and select values. */
function messageView(world: World, message: Message, as: string): Record<string, unknown> {
  if (!message.blocks || as === '') return { ...message };
  const state = stateValues(message.blocks, (block, action) =>
    selectionOf(world, { user: as, message }, block, action),
  );
  return { ...message, state };
}
