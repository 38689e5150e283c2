import type { Descriptions } from '../log/describe-entry.ts';

/** Sentences for the rows that resolving writes. */
export const RESOLUTION_DESCRIPTIONS: Descriptions = {
  'incident.resolved': ({ who, text }) => `${who} resolved the incident. Impact: ${text('impact')}`,
};
