import type { Descriptions } from '../log/describe-entry.ts';

/** Sentences for the rows that approvals write. */
export const APPROVAL_DESCRIPTIONS: Descriptions = {
  'approval.given': ({ who, field }) => `${who} approved; ${field('missing')} more needed.`,
  'approval.refused': ({ who, field }) => `${who} could not decide: ${field('reason')}`,
  'approval.escalated': () => 'Nobody decided for 3 minutes; the deputies were asked.',
  'break-glass.refused': ({ who, field }) => `${who} was not allowed to break glass: ${field('reason')}`,
  'break-glass.review-refused': ({ who, field }) =>
    `${who} could not review the use of break-glass: ${field('reason')}`,
  'break-glass.reviewed': ({ who }) => `${who} reviewed the use of break-glass.`,
};
