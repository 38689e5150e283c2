import type { KnownBlock } from '@slack/types';
import type { StoredChecklist } from '../../checklists/model.ts';
import { MESSAGE_LIMITS, paginate } from '../../checklists/pagination.ts';
import type { ChecklistBlock } from '../../checklists/pagination.ts';
import type { PlaybookPhase } from '../../checklists/playbook/model.ts';
import { progressOf } from '../../checklists/progress.ts';
import type { ChecklistPicture } from '../../checklists/read-checklist.ts';
import { incidentName } from '../../incidents/model.ts';
import type { SlackMessage } from '../define-renderer.ts';
import { dateToken, escapeText, LIMITS, truncate, visibleText } from '../text.ts';
import { CHECKLIST_ACTIONS, option, stepBlocks } from './checklist-steps.ts';
import { phaseLine, stepLine } from './checklist-words.ts';
import { EXECUTION_ACTIONS } from './execution-card.ts';
import { contextLine, section } from './incident-lines.ts';

/** Characters of a folded checklist at most: a message holds about 13,200. */
const FOLDED_LENGTH = 11_000;

/**
 * One message of a checklist: the current phase with its boxes, the other phases as a line each; what passes Slack's
 * limits is on the next page.
 * @returns null for a page that is not needed and was never posted
 */
export function checklistMessage(
  picture: ChecklistPicture,
  page: number,
  options: { readonly retired: boolean; readonly posted: boolean },
): SlackMessage | null {
  if (options.retired || picture.checklist.foldedAt !== null) return foldedMessage(picture, page);
  const pages = paginate(picture.playbook, picture.checklist.items, MESSAGE_LIMITS);
  const blocks = pages[page]?.blocks;
  if (blocks === undefined) {
    const text = 'The checklist needs this message no more: it goes on above.';
    return options.posted ? { text, blocks: [contextLine(text)] } : null;
  }
  return {
    text: summary(picture),
    blocks: [
      section(title(picture, page)),
      ...blocks.flatMap((block) => drawBlock(block, picture)),
      ...(page === 0 ? phaseMenu(picture) : []),
    ],
  };
}

function title({ checklist, playbook, incident }: ChecklistPicture, page: number): string {
  const name = `*Checklist: ${escapeText(playbook.title)}*`;
  if (page > 0) return `${name} (goes on)`;
  const { done, total, skipped } = progressOf(checklist, playbook);
  const counts = `${done} of ${total} done${skipped === 0 ? '' : `, ${skipped} skipped`}`;
  return `${name}\n${incident.severity} · ${counts} · since ${dateToken(checklist.startedAt, 'time')}`;
}

function summary({ checklist, playbook, incident }: ChecklistPicture): string {
  const { done, total, overdue, phase } = progressOf(checklist, playbook);
  const now = phase === null ? 'every phase is through' : `now: ${phase}`;
  const late = overdue === 0 ? '' : `, ${overdue} overdue`;
  return escapeText(
    visibleText(
      `Checklist of ${incidentName(incident)}, ${playbook.title}: ${done} of ${total} steps done${late}; ${now}.`,
    ),
  );
}

function drawBlock(block: ChecklistBlock, picture: ChecklistPicture): readonly KnownBlock[] {
  if (block.kind !== 'phase') return stepBlocks(block, picture, { run: EXECUTION_ACTIONS.request });
  const line = phaseLine(block.progress.phase, picture.checklist, block.unfolded);
  if (!block.unfolded) return [contextLine(line)];
  return [section(block.continued ? `*${escapeText(block.progress.phase.title)}* (goes on)` : line)];
}

/** Opens any phase for one person, without unfolding it for everybody. */
function phaseMenu({ playbook }: ChecklistPicture): readonly KnownBlock[] {
  if (playbook.phases.length < 2) return [];
  const options = playbook.phases.map((phase, index) => option(phase.title, String(index)));
  return [
    {
      type: 'actions',
      elements: [
        {
          type: 'static_select',
          action_id: CHECKLIST_ACTIONS.showPhase,
          placeholder: { type: 'plain_text', text: 'Open a phase…' },
          options,
        },
      ],
    },
  ];
}

/** A checklist out of the way: what was done and skipped, and nothing to click. */
function foldedMessage({ checklist, playbook, incident }: ChecklistPicture, page: number): SlackMessage {
  const name = escapeText(playbook.title);
  const when = checklist.foldedAt === null ? '' : ` ${dateToken(checklist.foldedAt, 'time')}`;
  const text = `Checklist ${name} of ${incidentName(incident)} is folded; a newer one goes on below.`;
  if (page > 0) return { text, blocks: [contextLine(`*${name}* (${checklist.severity}): folded${when}.`)] };
  const lines = playbook.phases.flatMap((phase) => foldedPhase(phase, checklist));
  const heading = `*Checklist: ${name}* (${checklist.severity}) · folded${when}; a newer one goes on below. Its ticks stay:`;
  return { text, blocks: [section(heading), ...inSections(lines).map(section)] };
}

function foldedPhase(phase: PlaybookPhase, checklist: StoredChecklist): readonly string[] {
  const touched = phase.steps.filter((step) => (checklist.items.get(step.id)?.state ?? 'open') !== 'open');
  return [phaseLine(phase, checklist, false), ...touched.map((step) => stepLine(step, checklist))];
}

/** Lines in as few sections as Slack's limits allow; a last line says how many are left out. */
function inSections(lines: readonly string[]): readonly string[] {
  const sections: string[] = [];
  let length = 0;
  for (const [index, whole] of lines.entries()) {
    const line = truncate(whole, LIMITS.section);
    if (length + line.length > FOLDED_LENGTH)
      return [...sections, `… and ${lines.length - index} more lines.`];
    length += line.length + 1;
    const last = sections.at(-1);
    if (last !== undefined && last.length + line.length < LIMITS.section) {
      sections[sections.length - 1] = `${last}\n${line}`;
    } else {
      sections.push(line);
    }
  }
  return sections;
}
