import type { FastifyInstance } from 'fastify';

import { addMember, putChannel, removeMember } from '../slack/channels.ts';
import { checkName } from '../slack/channel-name.ts';
import { emit } from '../slack/emit.ts';
import { escapeText } from '../slack/escape-text.ts';
import { openIm } from '../slack/open-im.ts';
import { viewPayload, homeOf } from '../slack/views.ts';
import { putMessage } from '../slack/put-message.ts';
import { react } from '../slack/react.ts';
import { newChannel } from '../slack/state.ts';
import type { World } from '../world.ts';
import { body, need, optional } from './body.ts';
import { actor, ControlRefusal, seenChannel } from './refuse.ts';

/** What people do besides clicking: write, react, join, leave, look at the app's home. */
export function registerPeople(app: FastifyInstance, world: World): void {
  app.post('/control/message', (request) => write(world, body(request)));
  app.post('/control/react', (request) => {
    const given = body(request);
    const user = actor(world, given.as);
    const channel = seenChannel(world, given.channel, user);
    const message = world.slack.messages.get(channel.id, need(given, 'ts'));
    if (!message) throw new ControlRefusal('There is no such message.');
    react(world, message, { user: user.id, name: need(given, 'name'), remove: given.remove === true });
    return { ok: true };
  });
  app.post('/control/join', (request) => {
    const given = body(request);
    const user = actor(world, given.as);
    const channel = seenChannel(world, given.channel, user);
    if (!channel.members.includes(user.id)) addMember(world, channel.id, user.id);
    return { ok: true };
  });
  app.post('/control/leave', (request) => {
    const given = body(request);
    const user = actor(world, given.as);
    const channel = seenChannel(world, given.channel, user);
    if (channel.members.includes(user.id)) removeMember(world, channel.id, user.id);
    return { ok: true };
  });
  app.post('/control/channel', (request) => createChannel(world, body(request)));
  app.post('/control/home', (request) => {
    const user = actor(world, body(request).as);
    openHome(world, user.id);
    return { ok: true };
  });
}

function write(world: World, given: Record<string, unknown>): { ts: string } {
  const user = actor(world, given.as);
  const wanted = need(given, 'channel');
  if (wanted === `D${user.id.slice(1)}`) openIm(world, user.id);
  const channel = seenChannel(world, wanted, user);
  if (!channel.members.includes(user.id)) throw new ControlRefusal(`${user.name} is not in that channel.`);
  if (channel.is_archived) throw new ControlRefusal('The channel is archived.');
  const thread = optional(given, 'thread_ts');
  const parent = thread === undefined ? undefined : world.slack.messages.get(channel.id, thread);
  if (thread !== undefined && !parent) throw new ControlRefusal('There is no such thread.');
  if (parent && parent.thread_ts === undefined) world.slack.messages.set({ ...parent, thread_ts: parent.ts });
  const message = putMessage(world, {
    channel: channel.id,
    user: user.id,
    text: escapeText(world, need(given, 'text'), 'message'),
    ...(parent ? { thread_ts: parent.thread_ts ?? parent.ts } : {}),
  });
  return { ts: message.ts };
}

/** A public channel of a person's own making. */
function createChannel(world: World, given: Record<string, unknown>): { id: string } {
  const user = actor(world, given.as);
  const id = world.newId('C0');
  const created = Math.floor(world.now() / 1000);
  const name = checkName(world, need(given, 'name'));
  putChannel(world, { ...newChannel({ id, name, creator: user.id, created }), members: [user.id] });
  return { id };
}

function openHome(world: World, user: string): void {
  const home = homeOf(world, user);
  emit(world, 'app_home_opened', {
    type: 'app_home_opened',
    user,
    channel: openIm(world, user).id,
    tab: 'home',
    ...(home ? { view: viewPayload(home) } : {}),
  });
}
