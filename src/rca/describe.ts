import type { Descriptions } from '../log/describe-entry.ts';

/** Sentences for the rows that the RCA writes. */
export const RCA_DESCRIPTIONS: Descriptions = {
  'rca.drafted': ({ field }) => {
    const what = field('kind') === 'short-note' ? 'The short note' : 'The RCA';
    const missing = field('missing') === '0' ? '' : ` Fields that only people can fill: ${field('missing')}.`;
    return `${what} was drafted from the log.${missing}`;
  },
};
