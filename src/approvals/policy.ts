import type { Policy } from '../config/model.ts';
import type { ApprovalRequest, Decision, Eligibility, GroupMembers, Vote } from './model.ts';

/**
 * The one function that decides a request, for every door. Pure: it looks at the recorded votes, the policy and who is
 * in its groups, and gives its reasons. Distinct people count, never accounts; requester and editors of the plan never
 * count, whatever else they are; a denial is final; a vote for another plan does not count; what cannot be known is
 * not approved.
 * @param now the database's clock
 */
export function decide(
  request: ApprovalRequest,
  policy: Policy,
  votes: readonly Vote[],
  groups: GroupMembers,
  now: Date,
): Decision {
  const eligible = eligiblePeople(request, policy, groups);
  const { counted, notCounted } = countVotes(request, policy, votes, groups);
  const missing = Math.max(0, policy.needed - counted.length);
  const voted = new Set(votes.map((vote) => vote.personId));
  const mayApprove = eligible.filter((personId) => !voted.has(personId));
  const facts = { counted, notCounted, missing, mayApprove };
  const denial = votes.find((vote) => vote.verdict === 'deny');
  if (denial !== undefined)
    return { ...facts, verdict: 'denied', reasons: [`${denial.personId} denied it.`] };
  if (missing === 0)
    return { ...facts, verdict: 'approved', reasons: [`${counted.join(' and ')} approved it.`] };
  if (now.getTime() >= request.expiresAt.getTime()) {
    return { ...facts, verdict: 'expired', reasons: ['The time to approve it is over.'] };
  }
  const unknown = unreadGroups(policy, groups);
  if (unknown.length > 0 && mayApprove.length < missing) {
    return {
      ...facts,
      verdict: 'cannot-know',
      reasons: [`Slack did not say who is in ${unknown.join(', ')}.`],
    };
  }
  return { ...facts, verdict: 'waiting', reasons: [`${missing} more of ${nameThem(mayApprove, policy)}.`] };
}

/** May this person approve this request? The sentence says why not. */
export function mayApprove(
  request: ApprovalRequest,
  policy: Policy,
  groups: GroupMembers,
  personId: string,
): Eligibility {
  if (personId === request.requester) {
    return { allowed: false, reason: 'You asked for it, so somebody else has to decide.' };
  }
  if (request.editors.includes(personId)) {
    return { allowed: false, reason: 'You asked for it or shaped it, so somebody else has to decide.' };
  }
  if (isAmong(policy.approvers, groups, personId)) return { allowed: true, reason: 'You may approve it.' };
  const unknown = unreadGroups(policy, groups);
  if (unknown.length > 0) {
    return {
      allowed: false,
      reason: 'Slack does not say right now who may approve. Try again, or ask a deputy.',
    };
  }
  return {
    allowed: false,
    reason: `Only ${nameThem(eligiblePeople(request, policy, groups), policy)} may approve this (policy "${policy.name}").`,
  };
}

/** May this person run it alone, to be reviewed afterwards? Only listed people, at P0 and P1, when it can be undone. */
export function mayBreakGlass(
  request: ApprovalRequest,
  policy: Policy,
  groups: GroupMembers,
  personId: string,
): Eligibility {
  if (request.severity !== 'P0' && request.severity !== 'P1') {
    return { allowed: false, reason: 'Breaking glass is for P0 and P1. Raise the severity if it is one.' };
  }
  if (!request.reversible) {
    return { allowed: false, reason: 'This cannot be undone, so it needs an approval, whoever you are.' };
  }
  if (!isAmong(policy.breakGlass, groups, personId)) {
    return { allowed: false, reason: 'You are not on the list of people who may break glass here.' };
  }
  return { allowed: true, reason: 'You may break glass; another manager reviews it afterwards.' };
}

function countVotes(
  request: ApprovalRequest,
  policy: Policy,
  votes: readonly Vote[],
  groups: GroupMembers,
): Pick<Decision, 'counted' | 'notCounted'> {
  const counted = new Set<string>();
  const notCounted: { personId: string; why: string }[] = [];
  for (const vote of votes) {
    if (vote.verdict === 'deny') continue;
    const may = mayApprove(request, policy, groups, vote.personId);
    if (vote.planHash !== request.planHash)
      notCounted.push({ personId: vote.personId, why: 'saw another plan' });
    else if (!isInTime(vote, request)) notCounted.push({ personId: vote.personId, why: 'came too late' });
    else if (!may.allowed) notCounted.push({ personId: vote.personId, why: may.reason });
    else counted.add(vote.personId);
  }
  return { counted: [...counted], notCounted };
}

function eligiblePeople(request: ApprovalRequest, policy: Policy, groups: GroupMembers): readonly string[] {
  const named = policy.approvers.flatMap((ref) => (isGroup(ref) ? (groups.get(ref) ?? []) : [ref]));
  return [...new Set(named)].filter((personId) => mayApprove(request, policy, groups, personId).allowed);
}

function isInTime(vote: Vote, request: ApprovalRequest): boolean {
  return vote.at.getTime() < request.expiresAt.getTime();
}

/** People by the ids of people.yml; accounts that stand for themselves say nothing to a reader. */
function nameThem(people: readonly string[], policy: Policy): string {
  const known = people.filter((personId) => !personId.includes('/'));
  return known.length > 0 ? known.join(', ') : `the approvers of "${policy.name}"`;
}

function isAmong(refs: readonly string[], groups: GroupMembers, personId: string): boolean {
  return refs.some((ref) => (isGroup(ref) ? (groups.get(ref) ?? []).includes(personId) : ref === personId));
}

function unreadGroups(policy: Policy, groups: GroupMembers): readonly string[] {
  return policy.approvers.filter((ref) => isGroup(ref) && !groups.has(ref));
}

/** Slack user groups start with S; person ids are lower case. */
export function isGroup(ref: string): boolean {
  return /^S[A-Z0-9]+$/.test(ref);
}
