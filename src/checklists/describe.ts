import type { Descriptions, Told } from '../log/describe-entry.ts';
import { skipReasonText } from './skips.ts';

/** Sentences for the rows that checklists write. */
export const CHECKLIST_DESCRIPTIONS: Descriptions = {
  'checklist.opened': ({ text }) => `Checklist opened: ${text('playbook')}.`,
  'checklist.folded': ({ text, field }) =>
    field('from') === field('to')
      ? `The checklist ${text('playbook')} gave way to a better one.`
      : `The checklist of ${field('from')} was folded; the one of ${field('to')} goes on.`,
  'step.done': ({ who, text }) => `${who} did: ${text('step')}`,
  'step.undone': ({ who, text }) => `${who} unticked: ${text('step')}`,
  'step.skipped': ({ who, text, entry }) =>
    `${who} skipped: ${text('step')} (${skipReasonText(entry.data['reason'])})`,
  'step.unskipped': ({ who, text }) => `${who} put back: ${text('step')}`,
  'step.overdue': ({ field, text }) =>
    field('count') === '1'
      ? `A step is overdue: ${text('steps')}`
      : `${field('count')} steps are overdue: ${text('steps')}`,
  'step.due_again': (told) =>
    `${commander(told)}Due again, every ${told.field('minutes')} minutes: ${told.text('step')}`,
};

function commander({ entry, say }: Told): string {
  const { teamId, userId } = entry.data;
  if (typeof teamId !== 'string' || typeof userId !== 'string') return '';
  return `${say.person({ teamId, userId })} `;
}
