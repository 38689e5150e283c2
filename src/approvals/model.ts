import type { Severity } from '../incidents/model.ts';
import type { SlackUser } from '../people/model.ts';

/** What is to be decided, as far as the decision depends on it. */
export interface ApprovalRequest {
  readonly planHash: string;
  readonly requester: string;
  /** Whoever shaped the plan besides the requester: excluded like the requester. */
  readonly editors: readonly string[];
  readonly severity: Severity;
  readonly reversible: boolean;
  readonly expiresAt: Date;
}

export type Verdict = 'approve' | 'deny';

export interface Vote extends SlackUser {
  readonly personId: string;
  readonly verdict: Verdict;
  readonly planHash: string;
  readonly reason: string | null;
  readonly at: Date;
}

/**
 * Who is in the groups that a policy names, by person id, as read for this decision. A group that could not be read is
 * not in the map: then nobody is known to be in it, and the decision says that it cannot know.
 */
export type GroupMembers = ReadonlyMap<string, readonly string[]>;

export interface Eligibility {
  readonly allowed: boolean;
  /** A sentence for the person. */
  readonly reason: string;
}

export interface Decision {
  readonly verdict: 'approved' | 'denied' | 'expired' | 'waiting' | 'cannot-know';
  /** Person ids whose approval counts. */
  readonly counted: readonly string[];
  readonly notCounted: readonly { readonly personId: string; readonly why: string }[];
  /** Distinct approvals still missing. */
  readonly missing: number;
  /** Person ids that may still approve. */
  readonly mayApprove: readonly string[];
  readonly reasons: readonly string[];
}

/** Why somebody breaks glass; picked, so that reports can count. */
export const BREAK_GLASS_REASONS = {
  'no-approver': 'No approver answers',
  'getting-worse': 'Users are hurt more every minute',
  'slack-trouble': 'Slack does not reach the approvers',
} as const;
export type BreakGlassReason = keyof typeof BREAK_GLASS_REASONS;
