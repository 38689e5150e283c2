import type { SlackUser } from '../people/model.ts';

/** What people say when they resolve an incident. */
export interface ResolutionWords {
  readonly impact: string;
  readonly usersAffected: string | null;
  /** null when it is not known yet. */
  readonly rootCause: string | null;
  readonly followUps: readonly NewFollowUp[];
}

export interface NewFollowUp {
  readonly action: string;
  readonly owner: SlackUser | null;
  /** Calendar date, YYYY-MM-DD. */
  readonly dueOn: string | null;
}

export interface FollowUp extends NewFollowUp {
  readonly id: string;
  readonly status: 'open' | 'done' | 'dropped';
}

export interface Resolution {
  readonly impact: string;
  readonly usersAffected: string | null;
  readonly rootCause: string | null;
  readonly resolvedBy: SlackUser;
  readonly overrideReason: string | null;
  readonly at: Date;
}

/** Something that speaks against resolving now; people may resolve all the same, with a reason. */
export interface Blocker {
  readonly what: string;
}
