import type { Config } from '../config/model.ts';
import type { Directory } from '../ports/directory.ts';
import type { SlackUser } from './model.ts';

/**
 * The Slack accounts that a list of config refers to. A person id gives that person's first account (asking one
 * account is enough), a group id (S…) its members as of now, a user id (U…, W…) itself in `teamId`.
 */
export async function accountsOf(
  deps: { readonly config: Pick<Config, 'people'>; readonly directory: Directory },
  refs: readonly string[],
  teamId: string,
): Promise<readonly SlackUser[]> {
  const found: SlackUser[] = [];
  for (const ref of refs) {
    if (ref.startsWith('S')) {
      const members = await deps.directory.groupMembers(ref);
      found.push(...members.map((userId) => ({ teamId, userId })));
    } else if (/^[UW]/.test(ref)) {
      found.push({ teamId, userId: ref });
    } else {
      const account = deps.config.people.find((person) => person.id === ref)?.slack[0];
      if (account !== undefined) found.push(account);
    }
  }
  return unique(found);
}

function unique(users: readonly SlackUser[]): readonly SlackUser[] {
  return [...new Map(users.map((user) => [`${user.teamId}/${user.userId}`, user])).values()];
}
