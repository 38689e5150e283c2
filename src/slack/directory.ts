import { CodedError } from '../errors.ts';
import type { UserFacts } from '../people/model.ts';
import type { Directory } from '../ports/directory.ts';
import { createFreshCache } from './fresh-cache.ts';
import { slackErrorOf } from './gateway/classify-error.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { GetIdentity } from './identity.ts';
import { asRecord, textOf, textsOf } from './payload.ts';

export interface DirectoryDeps {
  readonly gateway: Gateway;
  readonly identity: GetIdentity;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** The directory port on Slack, with what events say about it. */
export interface SlackDirectory extends Directory {
  /** Slack said that a user changed: the next question is asked anew. */
  readonly forgetUser: (userId: string) => void;
  readonly forgetGroup: (groupId: string) => void;
}

/** OWASP ASVS 8.3.2: a change of rights applies at once or within a stated bound; an event ends it sooner. */
const MAX_AGE_MS = 60_000;
const NO_USER: ReadonlySet<string> = new Set(['user_not_found', 'user_not_visible']);

/** Facts about people and groups, at most 60 seconds old. When Slack cannot be asked it throws: who is unknown may nothing. */
export function createDirectory(deps: DirectoryDeps): SlackDirectory {
  const users = createFreshCache<UserFacts | undefined>({ maxAgeMs: MAX_AGE_MS, now: deps.now });
  const groups = createFreshCache<readonly string[]>({ maxAgeMs: MAX_AGE_MS, now: deps.now });
  return {
    user: async (user) => {
      const facts = await users.get(user.userId, () => askUser(deps, user.userId));
      if (facts === undefined) return undefined;
      // The pair is the identity: the same user id under another team is somebody else.
      return facts.teamId === user.teamId ? facts : { ...facts, ...user, isForeign: true };
    },
    groupMembers: (groupId, options) => {
      if (options?.fresh === true) groups.forget(groupId);
      return groups.get(groupId, () => askGroup(deps, groupId));
    },
    forgetUser: (userId) => users.forget(userId),
    forgetGroup: (groupId) => groups.forget(groupId),
  };
}

async function askUser(deps: DirectoryDeps, userId: string): Promise<UserFacts | undefined> {
  const { teamId } = await deps.identity();
  try {
    const answer = await deps.gateway.answer('users.info', { user: userId });
    return toFacts(asRecord(answer['user']), teamId);
  } catch (error) {
    if (NO_USER.has(slackErrorOf(error) ?? '')) return undefined;
    throw unavailable(error);
  }
}

function toFacts(user: Readonly<Record<string, unknown>>, ourTeamId: string): UserFacts {
  const teamId = textOf(user['team_id']);
  return {
    teamId,
    userId: textOf(user['id']),
    isGuest: user['is_restricted'] === true || user['is_ultra_restricted'] === true,
    isBot: user['is_bot'] === true || user['is_workflow_bot'] === true || user['id'] === 'USLACKBOT',
    isDeactivated: user['deleted'] === true,
    isForeign: teamId !== ourTeamId || user['is_stranger'] === true,
  };
}

async function askGroup(deps: DirectoryDeps, groupId: string): Promise<readonly string[]> {
  try {
    const answer = await deps.gateway.answer('usergroups.users.list', { usergroup: groupId });
    return textsOf(answer['users']);
  } catch (error) {
    if (slackErrorOf(error) === 'no_such_subteam') return [];
    throw unavailable(error);
  }
}

function unavailable(error: unknown): CodedError {
  return new CodedError(
    'unavailable',
    'Slack cannot say right now who you are; nothing was changed. Try again.',
    {
      cause: error,
    },
  );
}
