import type { World } from '../world.ts';
import type { Json, Message } from './types.ts';

type Place = { user: string; message: Pick<Message, 'channel' | 'ts'> };

/**
 * What this person last chose in an element of a message.
 *
 * Slack keeps it in that person's client and not in the message: after an update it stays as it
 * was as long as block_id and action_id stay, however stale it is by then.
 */
export function selectionOf(world: World, place: Place, block: string, action: string): Json | undefined {
  return world.slack.selections.get(keyOf(place, block, action));
}

export function rememberSelection(
  world: World,
  place: Place,
  chosen: { block: string; action: string; value: Json },
): void {
  world.slack.selections.set(keyOf(place, chosen.block, chosen.action), chosen.value);
}

function keyOf({ user, message }: Place, block: string, action: string): string {
  return [user, message.channel, message.ts, block, action].join('/');
}
