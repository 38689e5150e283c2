import type { Config, Policy } from '../config/model.ts';
import { CodedError } from '../errors.ts';
import { personIdOf } from '../people/resolve-person.ts';
import type { Directory } from '../ports/directory.ts';
import type { GroupMembers } from './model.ts';
import { isGroup } from './policy.ts';

export interface GroupsDeps {
  readonly directory: Directory;
  readonly config: Pick<Config, 'people'>;
}

/**
 * Reads the groups that a policy names, as person ids. A group that cannot be read is left out: the decision then
 * fails closed. `fresh` reads past the cache, at the moment of acting.
 */
export async function readGroups(
  deps: GroupsDeps,
  policy: Policy,
  teamId: string,
  options: { readonly fresh?: boolean } = {},
): Promise<GroupMembers> {
  const groups = new Map<string, readonly string[]>();
  const named = new Set([...policy.approvers, ...policy.breakGlass, ...policy.requesters].filter(isGroup));
  await Promise.all(
    [...named].map(async (groupId) => {
      const members = await readMembers(deps, groupId, options);
      if (members === undefined) return;
      groups.set(groupId, [...new Set(members.map((userId) => personIdOf(deps.config, { teamId, userId })))]);
    }),
  );
  return groups;
}

async function readMembers(
  deps: GroupsDeps,
  groupId: string,
  options: { readonly fresh?: boolean },
): Promise<readonly string[] | undefined> {
  try {
    return await deps.directory.groupMembers(groupId, options);
  } catch (error) {
    // Unknown is refused, not failed: the card can still say what is known.
    if (error instanceof CodedError && error.retryable) return undefined;
    throw error;
  }
}
