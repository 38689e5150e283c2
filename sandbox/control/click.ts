import type { FastifyInstance } from 'fastify';

import { isObject } from '../slack/args.ts';
import { choose, type Choice } from '../slack/choose.ts';
import { deliver, type Delivered } from '../slack/deliver.ts';
import {
  channelName,
  interactionBase,
  messagePayload,
  newResponseUrl,
  newTrigger,
} from '../slack/payloads.ts';
import { rememberSelection, selectionOf } from '../slack/selections.ts';
import type { Channel, Json, Message, SlackUser, View } from '../slack/types.ts';
import { findElement, stateValues } from '../slack/view-state.ts';
import { viewPayload } from '../slack/views.ts';
import type { World } from '../world.ts';
import { body, need, optional } from './body.ts';
import { actor, ControlRefusal, seenChannel } from './refuse.ts';

type Target = { kind: 'message'; channel: Channel; message: Message } | { kind: 'view'; view: View };
type Action = { element: Json; block: Json; value: Json };
type Result = Partial<Delivered> & { delivered: boolean };

const CHOICES = [
  'value',
  'selected_option',
  'selected_options',
  'selected_user',
  'selected_users',
  'selected_date',
  'selected_time',
  'selected_channel',
  'selected_conversation',
] as const;

/** A click, tick or choice of a person in a message, a modal or the home tab. */
export function registerClick(app: FastifyInstance, world: World): void {
  app.post('/control/click', async (request): Promise<Result> => {
    const given = body(request);
    const user = actor(world, given.as);
    const target = targetOf(world, given, user);
    const action = given.forge === true ? forged(given) : chosen(world, { given, user, target });
    remember(world, { user, target, action });
    // An element in an input block says nothing until the form is sent, unless it asks for it.
    if (given.forge !== true && action.block.type === 'input' && action.block.dispatch_action !== true) {
      return { delivered: false };
    }
    const { body: _body, ...result } = await deliver(world, {
      kind: 'interactive',
      payload: payloadOf(world, { user, target: current(world, target), action }),
    });
    return { delivered: true, ...result };
  });
}

function targetOf(world: World, given: Record<string, unknown>, user: SlackUser): Target {
  const viewId = optional(given, 'view_id');
  if (viewId !== undefined) {
    const view = world.slack.views.get(viewId);
    if (!view || view.user !== user.id) throw new ControlRefusal(`${user.name} has no such view open.`);
    return { kind: 'view', view };
  }
  const channel = seenChannel(world, given.channel, user);
  const message = world.slack.messages.get(channel.id, need(given, 'ts'));
  if (!message || (message.ephemeral !== undefined && message.ephemeral !== user.id)) {
    throw new ControlRefusal(`${user.name} does not see that message.`);
  }
  return { kind: 'message', channel, message };
}

function chosen(
  world: World,
  click: { given: Record<string, unknown>; user: SlackUser; target: Target },
): Action {
  const { given, user, target } = click;
  const actionId = need(given, 'action_id');
  const found = findElement(blocksOf(target), actionId, optional(given, 'block_id'));
  if (!found) throw new ControlRefusal(`Nothing with action_id "${actionId}" is there.`);
  const { block, element } = found;
  if (element.confirm !== undefined && given.confirm !== true) {
    throw new ControlRefusal('This asks for a confirmation first; send confirm: true.', {
      confirm: element.confirm,
    });
  }
  const values = valuesOf(world, target, user);
  const before = values[String(block.block_id)]?.[actionId];
  const choice: Choice = Object.fromEntries(
    CHOICES.filter((key) => key in given).map((key) => [key, given[key]]),
  );
  const result = choose(element, choice, before);
  if (!result.ok) throw new ControlRefusal(`That cannot be clicked: ${result.error}.`);
  return { element, block, value: result.value };
}

/** The payload of an intruder: whatever they send. */
function forged(given: Record<string, unknown>): Action {
  const value = Object.fromEntries(CHOICES.filter((key) => key in given).map((key) => [key, given[key]]));
  const element = isObject(given.element)
    ? given.element
    : { type: 'button', text: { type: 'plain_text', text: 'x' } };
  return {
    element: { ...element, action_id: need(given, 'action_id') },
    block: { type: 'actions', block_id: optional(given, 'block_id') ?? 'forged' },
    value: { type: element.type, ...value },
  };
}

function remember(world: World, click: { user: SlackUser; target: Target; action: Action }): void {
  const { user, target, action } = click;
  const type = String(action.element.type);
  if (type === 'button' || type === 'overflow') return;
  const place = {
    block: String(action.block.block_id),
    action: String(action.element.action_id),
    value: action.value,
  };
  if (target.kind === 'message') {
    rememberSelection(world, { user: user.id, message: target.message }, place);
    return;
  }
  const { view } = target;
  const state = { ...view.state, [place.block]: { ...view.state[place.block], [place.action]: place.value } };
  world.slack.views.set(view.id, { ...view, state });
}

function current(world: World, target: Target): Target {
  return target.kind === 'view'
    ? { kind: 'view', view: world.slack.views.get(target.view.id) ?? target.view }
    : target;
}

function payloadOf(world: World, click: { user: SlackUser; target: Target; action: Action }): Json {
  const { user, target, action } = click;
  const { confirm, text, placeholder, value, style } = action.element;
  const actions = [
    {
      ...(action.element.type === 'button'
        ? definedOnly({ text, value, style })
        : definedOnly({ placeholder })),
      ...definedOnly({ confirm }),
      ...action.value,
      action_id: action.element.action_id,
      block_id: action.block.block_id,
      action_ts: world.slack.messages.nextTs(),
    },
  ];
  const base = { type: 'block_actions', ...interactionBase(user) };
  if (target.kind === 'view') {
    const { view } = target;
    const payload = viewPayload(view);
    return {
      ...base,
      container: { type: 'view', view_id: view.id },
      trigger_id: newTrigger(world, user.id, view.id),
      view: payload,
      ...(view.type === 'modal' ? {} : { state: payload.state }),
      actions,
    };
  }
  const { channel, message } = target;
  const ephemeral = message.ephemeral !== undefined;
  return {
    ...base,
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: ephemeral,
      ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
    },
    trigger_id: newTrigger(world, user.id),
    channel: { id: channel.id, name: channelName(channel) },
    // Slack leaves the message out when it was ephemeral.
    ...(ephemeral ? {} : { message: messagePayload(message) }),
    state: { values: valuesOf(world, target, user) },
    response_url: newResponseUrl(world, { user: user.id, channel: channel.id, ts: message.ts, ephemeral }),
    actions,
  };
}

function blocksOf(target: Target): Json[] {
  return target.kind === 'view' ? target.view.blocks : (target.message.blocks ?? []);
}

function valuesOf(world: World, target: Target, user: SlackUser): Record<string, Record<string, Json>> {
  return stateValues(blocksOf(target), (block, action) =>
    target.kind === 'view'
      ? target.view.state[block]?.[action]
      : selectionOf(world, { user: user.id, message: target.message }, block, action),
  );
}

function definedOnly(values: Record<string, unknown>): Json {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
