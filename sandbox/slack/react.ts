import type { World } from '../world.ts';
import { SlackApiError } from './api-error.ts';
import { emit } from './emit.ts';
import type { Message } from './types.ts';

const NAMES_MAX = 23;

/**
 * Adds or takes away a person's reaction.
 *
 * @throws SlackApiError invalid_name, already_reacted, no_reaction, too_many_emoji
 */
export function react(
  world: World,
  message: Message,
  reaction: { user: string; name: string; remove: boolean },
): void {
  const { user, name, remove } = reaction;
  if (!/^[\p{L}\p{N}_'+-]+(::skin-tone-[2-6])?$/u.test(name)) throw new SlackApiError('invalid_name');
  const others = (message.reactions ?? []).filter((known) => known.name !== name);
  const users = message.reactions?.find((known) => known.name === name)?.users ?? [];
  if (users.includes(user) !== remove) throw new SlackApiError(remove ? 'no_reaction' : 'already_reacted');
  if (!remove && users.length === 0 && others.length >= NAMES_MAX) throw new SlackApiError('too_many_emoji');
  const now = remove ? users.filter((other) => other !== user) : [...users, user];
  const reactions = now.length === 0 ? others : [...others, { name, users: now, count: now.length }];
  world.slack.messages.set({ ...message, reactions });
  world.events.publish({ type: 'message_changed', channel: message.channel, ts: message.ts });
  const type = remove ? 'reaction_removed' : 'reaction_added';
  const item = { type: 'message', channel: message.channel, ts: message.ts };
  emit(world, type, { type, user, reaction: name, item_user: message.user, item });
}
