import type { FastifyInstance } from 'fastify';

import { isObject } from '../slack/args.ts';
import { problemsError } from '../slack/blocks/check-content.ts';
import { choose } from '../slack/choose.ts';
import { deliver, type Delivered } from '../slack/deliver.ts';
import { interactionBase, newTrigger } from '../slack/payloads.ts';
import type { Json, SlackUser, View } from '../slack/types.ts';
import { findElement } from '../slack/view-state.ts';
import { closeViews, modalsOf, replaceView, showView, viewPayload, viewProblems } from '../slack/views.ts';
import type { World } from '../world.ts';
import { body, need } from './body.ts';
import { missingInputs } from './missing-inputs.ts';
import { actor, ControlRefusal } from './refuse.ts';

type Outcome = { response_action?: string; errors?: Record<string, unknown>; error?: string };

/** Sending and closing modals. */
export function registerSubmit(app: FastifyInstance, world: World): void {
  app.post('/control/submit', async (request) => {
    const given = body(request);
    const user = actor(world, given.as);
    const view = typeInto(world, openView(world, user, need(given, 'view_id')), given.values);
    if (given.forge !== true) {
      if (view.submit === null || view.submit === undefined)
        throw new ControlRefusal('That view has no submit button.');
      const errors = missingInputs(view);
      if (Object.keys(errors).length > 0) throw new ControlRefusal('The form is not complete.', { errors });
    }
    const result = await deliver(world, {
      kind: 'interactive',
      payload: {
        type: 'view_submission',
        ...interactionBase(user),
        trigger_id: newTrigger(world, user.id, view.id),
        view: viewPayload(view),
        response_urls: [],
      },
    });
    const { body: _body, ...rest } = result;
    return { ...rest, ...afterSubmit(world, view, result) };
  });
  app.post('/control/close', async (request) => {
    const given = body(request);
    const user = actor(world, given.as);
    const view = openView(world, user, need(given, 'view_id'));
    const stack = modalsOf(world, user.id);
    closeViews(
      world,
      view.clear_on_close ? stack : stack.slice(stack.findIndex((other) => other.id === view.id)),
    );
    if (!view.notify_on_close) return { status: 0, ms: 0 };
    const payload = {
      type: 'view_closed',
      ...interactionBase(user),
      view: viewPayload(view),
      is_cleared: view.clear_on_close,
    };
    const { body: _body, ...rest } = await deliver(world, { kind: 'interactive', payload });
    return rest;
  });
}

function openView(world: World, user: SlackUser, id: string): View {
  const view = world.slack.views.get(id);
  if (!view || view.type !== 'modal' || view.user !== user.id)
    throw new ControlRefusal(`${user.name} has no such view open.`);
  return view;
}

/** Types and chooses the given values: `{ block_id: { action_id: value } }`, null empties. */
function typeInto(world: World, view: View, values: unknown): View {
  if (values === undefined) return view;
  if (!isObject(values)) throw new ControlRefusal('"values" is { block_id: { action_id: value } }.');
  const state: View['state'] = { ...view.state };
  for (const [blockId, actions] of Object.entries(values)) {
    if (!isObject(actions)) throw new ControlRefusal('"values" is { block_id: { action_id: value } }.');
    for (const [actionId, value] of Object.entries(actions)) {
      state[blockId] = { ...state[blockId], [actionId]: typed(view, { blockId, actionId, value }) };
    }
  }
  const filled = { ...view, state };
  world.slack.views.set(view.id, filled);
  return filled;
}

function typed(view: View, input: { blockId: string; actionId: string; value: unknown }): Json {
  const found = findElement(view.blocks, input.actionId, input.blockId);
  if (!found) throw new ControlRefusal(`The view has no ${input.blockId} / ${input.actionId}.`);
  const many = found.element.type === 'checkboxes' || found.element.type === 'multi_static_select';
  const value = many
    ? {
        selected_options: Array.isArray(input.value)
          ? input.value
          : input.value === null
            ? []
            : [input.value],
      }
    : { value: input.value };
  const chosen = choose(found.element, value, undefined);
  if (!chosen.ok) throw new ControlRefusal(`${input.blockId} / ${input.actionId}: ${chosen.error}.`);
  return chosen.value;
}

/** What Slack's client does with the acknowledgement. */
function afterSubmit(world: World, submitted: View, result: Delivered): Outcome {
  // The modal stays, with "We had some trouble connecting. Try again?".
  if (result.error !== undefined) return { error: result.error };
  const view = world.slack.views.get(submitted.id);
  if (!view) return {};
  const answer = isObject(result.body) ? result.body : {};
  const action = answer.response_action;
  if (action === undefined) {
    if (!empty(result.body)) return { error: 'invalid_response' };
    closeViews(world, [view]);
    return {};
  }
  switch (action) {
    case 'errors':
      return showErrors(view, answer.errors);
    case 'clear':
      closeViews(world, modalsOf(world, view.user));
      return { response_action: 'clear' };
    case 'update':
      return newContent(world, view, { action: 'update', given: answer.view });
    case 'push':
      return newContent(world, view, { action: 'push', given: answer.view });
    default:
      return { error: 'invalid_response_action' };
  }
}

function newContent(
  world: World,
  view: View,
  answer: { action: 'update' | 'push'; given: unknown },
): Outcome {
  if (!isObject(answer.given)) return { error: 'invalid_view' };
  const problems = viewProblems(answer.given, 'modal');
  if (problems.length > 0)
    return { error: 'invalid_view', errors: problemsError('invalid_view', problems).extra };
  if (answer.action === 'update') replaceView(world, view, answer.given);
  else showView(world, answer.given, { user: view.user, previous: view });
  return { response_action: answer.action };
}

function showErrors(view: View, errors: unknown): Outcome {
  if (!isObject(errors) || Object.keys(errors).length === 0) return { error: 'invalid_errors' };
  const inputs = new Set(
    view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id),
  );
  // Slack shows nothing for a block that is not an input of the view.
  if (!Object.keys(errors).every((block) => inputs.has(block))) return { error: 'invalid_errors', errors };
  return { response_action: 'errors', errors };
}

function empty(answer: unknown): boolean {
  return (
    answer === '' ||
    answer === null ||
    answer === undefined ||
    (isObject(answer) && Object.keys(answer).length === 0)
  );
}
