import type { World } from '../../world.ts';
import { refusal, SlackApiError } from '../api-error.ts';
import { text, type Args } from '../args.ts';
import { writes, type Methods } from '../define-method.ts';
import { TEAM } from '../personas.ts';
import type { View } from '../types.ts';
import {
  closeViews,
  homeOf,
  modalsOf,
  readView,
  replaceView,
  showView,
  useTrigger,
  viewPayload,
} from '../views.ts';

/** A modal may stand on two others. */
const STACK_MAX = 3;

export const methods: Methods = {
  'views.open': writes(({ world, args }) => {
    const view = readView(args, 'modal');
    const { user } = useTrigger(world, triggerOf(args));
    closeViews(world, modalsOf(world, user));
    return { view: viewPayload(showView(world, view, { user })) };
  }),
  'views.push': writes(({ world, args }) => {
    const view = readView(args, 'modal');
    const { user, viewId } = useTrigger(world, triggerOf(args));
    const stack = modalsOf(world, user);
    const top = stack.at(-1);
    if (viewId === undefined || !top) throw new SlackApiError('not_found');
    if (stack.length >= STACK_MAX) throw new SlackApiError('push_limit_reached');
    return { view: viewPayload(showView(world, view, { user, previous: top })) };
  }),
  'views.update': writes(({ world, args }) => {
    const view = readView(args, 'modal');
    const known = modalOf(world, args);
    checkHash(args, known);
    return { view: viewPayload(replaceView(world, known, view)) };
  }),
  'views.publish': writes(({ world, args }) => {
    const view = readView(args, 'home');
    const user = world.slack.users.get(text(args, 'user_id'));
    if (!user || user.deleted || user.team_id !== TEAM.id)
      throw refusal('invalid_arguments', ['invalid `user_id` [json-pointer:/user_id]']);
    if (!world.slack.manifest.homeTab) throw new SlackApiError('not_enabled');
    const known = homeOf(world, user.id);
    if (!known) return { view: viewPayload(showView(world, view, { user: user.id })) };
    checkHash(args, known);
    return { view: viewPayload(replaceView(world, known, view)) };
  }),
};

function triggerOf(args: Args): string {
  const id = text(args, 'trigger_id');
  if (id === '') throw refusal('invalid_arguments', ['missing required field: trigger_id']);
  return id;
}

function modalOf(world: World, args: Args): View {
  const id = text(args, 'view_id');
  const external = text(args, 'external_id');
  if (id === '' && external === '') throw refusal('invalid_arguments', ['missing required field: view_id']);
  const known =
    id === ''
      ? world.slack.views.values().find((view) => view.external_id === external)
      : world.slack.views.get(id);
  if (!known || known.type !== 'modal') throw new SlackApiError('not_found');
  return known;
}

function checkHash(args: Args, view: View): void {
  const hash = text(args, 'hash');
  if (hash !== '' && hash !== view.hash) throw new SlackApiError('hash_conflict');
}
