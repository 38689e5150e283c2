import type { Descriptions } from '../log/describe-entry.ts';

/** Sentences for the rows that approvals write. */
export const APPROVAL_DESCRIPTIONS: Descriptions = {
  'approval.given': ({ who, field }) => `${who} approved; ${field('missing')} more needed.`,
  'approval.refused': ({ who, text }) => `${who} could not decide: ${text('reason')}`,
  'approval.escalated': () => 'Nobody decided for 3 minutes; the deputies were asked.',
  'break-glass.refused': ({ who, text }) => `${who} was not allowed to break glass: ${text('reason')}`,
  'break-glass.review-refused': ({ who, text }) =>
    `${who} could not review the use of break-glass: ${text('reason')}`,
  'break-glass.reviewed': ({ who }) => `${who} reviewed the use of break-glass.`,
};
