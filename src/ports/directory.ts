import type { SlackUser, UserFacts } from '../people/model.ts';

/** Who people are and which groups they are in, read from Slack. Both throw `unavailable` when Slack cannot be asked. */
export interface Directory {
  /** Facts at most 60 seconds old (OWASP ASVS 8.3.2: changes of rights apply at once, or are bounded). */
  user(user: SlackUser): Promise<UserFacts | undefined>;
  /** User ids of a Slack user group (S…), at most 60 seconds old; `fresh` reads now. */
  groupMembers(groupId: string, options?: { readonly fresh?: boolean }): Promise<readonly string[]>;
}
