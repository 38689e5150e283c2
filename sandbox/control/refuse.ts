import type { World } from '../world.ts';
import type { Channel, SlackUser } from '../slack/types.ts';

/** A request to the control API that makes no sense; its sentence is for the developer. */
export class ControlRefusal extends Error {
  status: number;
  details: Record<string, unknown>;

  constructor(message: string, details: Record<string, unknown> = {}, status = 400) {
    super(message);
    this.name = 'ControlRefusal';
    this.status = status;
    this.details = details;
  }
}

/** The person who acts. */
export function actor(world: World, id: unknown): SlackUser {
  const user = typeof id === 'string' ? world.slack.users.get(id) : undefined;
  if (!user) throw new ControlRefusal(`There is no person "${String(id)}".`);
  return user;
}

/** A channel that this person can see. */
export function seenChannel(world: World, id: unknown, user: SlackUser): Channel {
  const channel = typeof id === 'string' ? world.slack.channels.get(id) : undefined;
  if (!channel) throw new ControlRefusal(`There is no channel "${String(id)}".`);
  if ((channel.is_private || channel.is_im) && !channel.members.includes(user.id)) {
    throw new ControlRefusal(`${user.name} does not see that channel.`);
  }
  return channel;
}
