import type { Descriptions } from '../log/describe-entry.ts';

/** Sentences for refusals at Slack's door, before any feature was asked. */
export const PEOPLE_DESCRIPTIONS: Descriptions = {
  'access.refused': ({ who, field }) =>
    `${who} was refused: ${field('name').replaceAll(/[._-]/g, ' ')} (${field('reason').replaceAll('_', ' ')}).`,
};
