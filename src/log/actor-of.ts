import type { SlackUser } from '../people/model.ts';
import type { Actor } from './append-log.ts';

/** A person as the log has them: the pair (team, user id) and nothing else. */
export function actorOf({ teamId, userId }: SlackUser): Actor {
  return { kind: 'person', teamId, userId };
}
