/** A Slack user is the pair (team, user id); never an e-mail or a name. */
export interface SlackUser {
  readonly teamId: string;
  readonly userId: string;
}

/** What Slack says about a user, as of now. */
export interface UserFacts extends SlackUser {
  readonly isGuest: boolean;
  readonly isBot: boolean;
  readonly isDeactivated: boolean;
  /** Of another workspace (Slack Connect, is_stranger). */
  readonly isForeign: boolean;
}

/**
 * Somebody who acts, known to be a full member of our workspace. `personId` is who stands behind the account: the id in
 * config/people.yml, else the account itself. One person may have several accounts and counts once.
 */
export interface Person extends SlackUser {
  readonly personId: string;
}

export function sameUser(a: SlackUser, b: SlackUser): boolean {
  return a.teamId === b.teamId && a.userId === b.userId;
}
