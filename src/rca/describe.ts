import type { Descriptions } from '../log/describe-entry.ts';

/** Sentences for the rows that the RCA writes. */
export const RCA_DESCRIPTIONS: Descriptions = {
  'rca.drafted': ({ field }) =>
    `The RCA was drafted from the log (${field('missing')} fields are for people).`,
};
