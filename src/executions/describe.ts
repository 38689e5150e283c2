import type { Descriptions, Told } from '../log/describe-entry.ts';

/** Sentences for the rows that executions write. */
export const EXECUTION_DESCRIPTIONS: Descriptions = {
  'action.requested': (told) =>
    told.field('supersedes') === ''
      ? `${told.who} asked for: ${what(told)}${because(told.text('reason'))}`
      : `${told.who} asked again, for what is there now: ${what(told)}.`,
  'action.refused': (told) => `${told.who} was refused: ${told.field('action')} (${told.field('why')}).`,
  'action.approved': (told) =>
    told.field('breakGlass') === ''
      ? `${told.who} approved: ${what(told)}.`
      : `${told.who} broke glass: ${what(told)}${because(told.text('line'))}`,
  'action.denied': (told) => `${told.who} denied: ${what(told)}${because(told.text('reason'))}`,
  'action.expired': (told) => `Not approved and started in time: ${what(told)}.`,
  'action.cancelled': (told) => `${told.who} took back: ${what(told)}${because(told.text('reason'))}`,
  'action.superseded': (told) =>
    `The target had changed, so nothing was done: ${what(told)}${because(told.text('changes'))}`,
  'action.started': (told) => `Started: ${what(told)}.`,
  'action.applied': (told) => `The cluster accepted: ${what(told)}.`,
  'action.succeeded': (told) => `Done: ${what(told)}. ${told.text('outcome')}`,
  'action.failed': (told) => `Failed: ${what(told)}. ${told.text('outcome')}`,
  'action.outcome-unknown': (told) => `Not known how it ended: ${what(told)}. ${told.text('outcome')}`,
  'action.done-by-hand': (told) => `${told.who} did by hand: ${what(told)}${because(told.text('note'))}`,
};

function what({ field }: Told): string {
  const service = field('service');
  return `${field('action')} ${service === '' ? field('target') : `${service} (${field('environment')})`}`;
}

function because(text: string): string {
  return text === '' ? '.' : `: ${text}`;
}
