import type { Descriptions } from '../log/describe-entry.ts';

/** Sentences for the rows that resolving writes. */
export const RESOLUTION_DESCRIPTIONS: Descriptions = {
  'incident.resolved': ({ who, text, field }) => {
    const cause = text('rootCause') === '' ? '' : ` Root cause: ${text('rootCause')}`;
    const overridden = Number(field('overridden'));
    const inSpite =
      overridden > 0 ? ` Still open: ${overridden}; resolved because: ${text('overrideReason')}` : '';
    return `${who} resolved the incident. Impact: ${text('impact')}${cause}${inSpite}`;
  },
};
