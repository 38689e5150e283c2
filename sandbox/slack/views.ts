import type { World } from '../world.ts';
import { SlackApiError } from './api-error.ts';
import { isObject, structure, type Args } from './args.ts';
import { problemsError, withIds } from './blocks/check-content.ts';
import { blockProblems, shapeProblems, type Problem } from './blocks/validate-blocks.ts';
import { VIEWS } from '../data/block-kit.ts';
import { APP_ID, BOT_ID, TEAM } from './personas.ts';
import { stateValues } from './view-state.ts';
import type { Json, View } from './types.ts';

/** A view's JSON above this is refused. */
const VIEW_MAX = 250_000;
const TRIGGER_MS = 3_000;

/**
 * The `view` argument of a call, checked.
 *
 * @throws SlackApiError invalid_arguments with the places, view_too_large
 */
export function readView(args: Args, wanted: 'modal' | 'home'): Json {
  const view = structure(args, 'view', 'invalid_arguments');
  if (!isObject(view))
    throw problemsError('invalid_arguments', [{ message: 'must provide an object', pointer: '/view' }]);
  const problems = viewProblems(view, wanted);
  if (problems.length > 0) throw problemsError('invalid_arguments', problems);
  if (JSON.stringify(view).length > VIEW_MAX) throw new SlackApiError('view_too_large');
  return view;
}

/** Everything that Slack refuses in a view. */
export function viewProblems(view: Json, wanted: 'modal' | 'home'): Problem[] {
  if (view.type !== wanted) return [{ message: `must be of type ${wanted}`, pointer: '/view/type' }];
  const blocks = Array.isArray(view.blocks) ? view.blocks : [];
  const problems = [
    ...shapeProblems(view, VIEWS[wanted], '/view'),
    ...blockProblems(blocks, wanted, '/view/blocks'),
  ];
  const hasInput = blocks.some((block) => isObject(block) && block.type === 'input');
  if (wanted === 'modal' && hasInput && (view.submit === undefined || view.submit === null)) {
    problems.push({
      message: 'missing required field: submit (the view has input blocks)',
      pointer: '/view',
    });
  }
  return problems;
}

/**
 * Uses up the trigger of a call: it opens one view, within three seconds.
 *
 * @throws SlackApiError invalid_trigger_id, exchanged_trigger_id, expired_trigger_id
 */
export function useTrigger(world: World, id: string): { user: string; viewId: string | undefined } {
  const trigger = world.slack.triggers.get(id);
  if (!trigger) throw new SlackApiError('invalid_trigger_id');
  if (trigger.used) throw new SlackApiError('exchanged_trigger_id');
  if (world.now() - trigger.issued > TRIGGER_MS) throw new SlackApiError('expired_trigger_id');
  trigger.used = true;
  return { user: trigger.user, viewId: trigger.viewId };
}

/** The modals on a person's screen, the top one last. */
export function modalsOf(world: World, user: string): View[] {
  return world.slack.views.values().filter((view) => view.type === 'modal' && view.user === user);
}

export function homeOf(world: World, user: string): View | undefined {
  return world.slack.views.values().find((view) => view.type === 'home' && view.user === user);
}

/** Puts a checked view on a person's screen. */
export function showView(world: World, given: Json, place: { user: string; previous?: View }): View {
  checkExternalId(world, given, undefined);
  const id = world.newId('V0');
  const view: View = {
    id,
    user: place.user,
    root_view_id: place.previous?.root_view_id ?? id,
    previous_view_id: place.previous?.id ?? null,
    state: {},
    ...contentOf(world, given),
  };
  return storeView(world, view);
}

/** New content for a view; what the person typed stays where block_id and action_id stay. */
export function replaceView(world: World, view: View, given: Json): View {
  checkExternalId(world, given, view.id);
  return storeView(world, { ...view, ...contentOf(world, given) });
}

/** Takes modals off the screen. */
export function closeViews(world: World, views: View[]): void {
  for (const view of views) {
    world.slack.views.delete(view.id);
    world.events.publish({ type: 'view', user: view.user, view_id: view.id, closed: true });
  }
}

/** A view as the Web API and payloads show it. */
export function viewPayload(view: View): Json {
  const { user: _user, state: _state, title, submit, close, ...rest } = view;
  return {
    ...rest,
    team_id: TEAM.id,
    app_id: APP_ID,
    app_installed_team_id: TEAM.id,
    bot_id: BOT_ID,
    title: title ?? null,
    submit: submit ?? null,
    close: close ?? null,
    state: { values: stateOf(view) },
  };
}

/** `state.values` of a view as the person left it. */
export function stateOf(view: View): Record<string, Record<string, Json>> {
  return stateValues(view.blocks, (block, action) => view.state[block]?.[action]);
}

function storeView(world: World, view: View): View {
  world.slack.views.set(view.id, view);
  world.events.publish({ type: view.type === 'home' ? 'home' : 'view', user: view.user, view_id: view.id });
  return view;
}

function contentOf(
  world: World,
  given: Json,
): Omit<View, 'id' | 'user' | 'root_view_id' | 'previous_view_id' | 'state'> {
  const blocks = Array.isArray(given.blocks) ? given.blocks.filter(isObject) : [];
  return {
    type: given.type === 'home' ? 'home' : 'modal',
    callback_id: string(given.callback_id),
    external_id: string(given.external_id),
    private_metadata: string(given.private_metadata),
    ...(isObject(given.title) ? { title: given.title } : {}),
    submit: isObject(given.submit) ? given.submit : null,
    close: isObject(given.close) ? given.close : null,
    blocks: withIds(blocks, () => world.newId('').slice(0, 5)),
    hash: `${Math.floor(world.now() / 1000)}.${world.newId('').toLowerCase()}`,
    notify_on_close: given.notify_on_close === true,
    clear_on_close: given.clear_on_close === true,
    submit_disabled: given.submit_disabled === true,
  };
}

function checkExternalId(world: World, given: Json, own: string | undefined): void {
  const id = string(given.external_id);
  if (id === '') return;
  const taken = world.slack.views.values().some((view) => view.external_id === id && view.id !== own);
  if (taken) throw new SlackApiError('duplicate_external_id');
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
