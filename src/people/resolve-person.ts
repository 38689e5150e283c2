import type { Config } from '../config/model.ts';
import { CodedError } from '../errors.ts';
import type { Directory } from '../ports/directory.ts';
import type { Person, SlackUser, UserFacts } from './model.ts';
import { sameUser } from './model.ts';

export interface ResolvePersonDeps {
  readonly directory: Directory;
  readonly config: Pick<Config, 'people'>;
}

/**
 * The person behind an account, when the account may act at all: a full, active, human member of our workspace.
 * @throws CodedError `not_allowed` with a sentence for the person; `unavailable` when Slack cannot be asked (fail closed)
 */
export async function resolvePerson(deps: ResolvePersonDeps, user: SlackUser): Promise<Person> {
  const facts = await deps.directory.user(user);
  const refusal = facts === undefined ? 'Slack does not know this account.' : whyNot(facts);
  if (refusal !== undefined) throw new CodedError('not_allowed', refusal);
  return { ...user, personId: personIdOf(deps.config, user) };
}

/** Who stands behind an account: the id in people.yml, else the account itself. */
export function personIdOf(config: Pick<Config, 'people'>, user: SlackUser): string {
  const entry = config.people.find((person) => person.slack.some((account) => sameUser(account, user)));
  return entry?.id ?? `${user.teamId}/${user.userId}`;
}

function whyNot(facts: UserFacts): string | undefined {
  if (facts.isForeign)
    return 'Only members of this workspace can change incidents; you are here from another one.';
  if (facts.isDeactivated) return 'This account is deactivated.';
  if (facts.isBot) return 'Bots and workflows cannot change incidents.';
  if (facts.isGuest)
    return 'Guests can read here, but only full members of this workspace can change incidents.';
  return undefined;
}
