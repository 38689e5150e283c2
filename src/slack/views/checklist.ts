import type { ActionsBlock, Checkboxes, KnownBlock, Overflow, PlainTextOption } from '@slack/types';
import type { StoredChecklist } from '../../checklists/model.ts';
import { MESSAGE_LIMITS, paginate } from '../../checklists/pagination.ts';
import type { ChecklistBlock } from '../../checklists/pagination.ts';
import type { PlaybookPhase, PlaybookStep } from '../../checklists/playbook/model.ts';
import { progressOf } from '../../checklists/progress.ts';
import type { ChecklistPicture } from '../../checklists/read-checklist.ts';
import { groupBlockId, renderGroup } from '../../checklists/rendered-group.ts';
import { SKIP_REASONS } from '../../checklists/skips.ts';
import { incidentName } from '../../incidents/model.ts';
import type { SlackMessage } from '../define-renderer.ts';
import { dateToken, escapeText, LIMITS, truncate, visibleText } from '../text.ts';
import { boxNote, phaseLine, skippedWords, stepLine } from './checklist-words.ts';
import { EXECUTION_ACTIONS, requestValue } from './execution-card.ts';
import { contextLine, section } from './incident-lines.ts';
import { stepHelp } from './step-help.ts';

export const CHECKLIST_ACTIONS = {
  tick: 'checklist.tick',
  skip: 'checklist.skip',
  unskip: 'checklist.unskip',
  showPhase: 'checklist.show-phase',
} as const;

/** Sections that a folded checklist has at most. */
const FOLDED_SECTIONS = 8;

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
  const { checklist } = picture;
  if (block.kind === 'phase') {
    const line = phaseLine(block.progress.phase, checklist, block.unfolded);
    if (!block.unfolded) return [contextLine(line)];
    return [section(block.continued ? `*${escapeText(block.progress.phase.title)}* (goes on)` : line)];
  }
  if (block.kind === 'boxes') return [boxes(block, picture)];
  if (block.skipped && block.first) return [skipped(block.step, checklist)];
  // The whole text of a skipped step stands in its own section already.
  if (block.skipped || block.lines.length === 0) return [];
  return [stepHelp(block.lines)];
}

type Boxes = Extract<ChecklistBlock, { kind: 'boxes' }>;

/** A box with what can be done about its step: tick it, run its action, skip it. */
function boxes(block: Boxes, { checklist, playbook }: ChecklistPicture): ActionsBlock {
  const phase = playbook.phases[block.phase];
  const steps = block.stepIds.flatMap((id) => phase?.steps.find((step) => step.id === id) ?? []);
  const items = block.stepIds.flatMap((id) => checklist.items.get(id) ?? []);
  const address = { checklistId: checklist.id, phase: block.phase, group: block.group };
  const open = steps.filter((step) => checklist.items.get(step.id)?.state === 'open');
  return {
    type: 'actions',
    block_id: groupBlockId(address, block.stepIds, renderGroup(items, checklist.version)),
    elements: [
      checkboxes(block, steps, checklist),
      ...open.flatMap((step) => (step.action === null ? [] : [runButton(step, step.action)])),
      ...open.map(skipMenu),
    ],
  };
}

function checkboxes(block: Boxes, steps: readonly PlaybookStep[], checklist: StoredChecklist): Checkboxes {
  const options = block.options.map((option) => {
    const step = steps.find(({ id }) => id === option.stepId);
    const note = step === undefined ? '' : boxNote(step, checklist);
    return {
      text: { type: 'plain_text' as const, text: truncate(visibleText(option.text), LIMITS.option) },
      value: option.stepId,
      ...describedBy(note),
    };
  });
  const checked = options.filter((_, index) => block.options[index]?.checked === true);
  return {
    type: 'checkboxes',
    action_id: CHECKLIST_ACTIONS.tick,
    options,
    ...(checked.length === 0 ? {} : { initial_options: checked }),
  };
}

/** Of a box Slack takes mrkdwn as well, which its types do not say. */
function describedBy(note: string): object {
  return note === '' ? {} : { description: { type: 'mrkdwn', text: note, verbatim: true } };
}

function runButton(
  step: PlaybookStep,
  action: NonNullable<PlaybookStep['action']>,
): ActionsBlock['elements'][0] {
  const label = truncate(visibleText(`Run: ${action.label}…`), LIMITS.button);
  return {
    type: 'button',
    text: { type: 'plain_text', text: label },
    action_id: EXECUTION_ACTIONS.request,
    value: requestValue(action.id, step.id),
  };
}

/** The reasons to pick from; the value names the step, and the block the version that was seen. */
function skipMenu(step: PlaybookStep): Overflow {
  return {
    type: 'overflow',
    action_id: CHECKLIST_ACTIONS.skip,
    options: SKIP_REASONS.map(({ id, text }) => option(`Skip: ${text}`, `${id} ${step.id}`)),
  };
}

export function parseSkipValue(value: string): { readonly reason: string; readonly stepId: string } {
  const space = value.indexOf(' ');
  return { reason: value.slice(0, Math.max(0, space)), stepId: value.slice(space + 1) };
}

function skipped(step: PlaybookStep, checklist: StoredChecklist): KnownBlock {
  const item = checklist.items.get(step.id);
  const words = item === undefined ? 'skipped' : skippedWords(item);
  return {
    type: 'section',
    text: {
      type: 'mrkdwn',
      text: truncate(`${escapeText(step.text)}\n_${words}_`, LIMITS.section),
      verbatim: true,
    },
    accessory: {
      type: 'button',
      text: { type: 'plain_text', text: 'Put back' },
      action_id: CHECKLIST_ACTIONS.unskip,
      value: `${checklist.version} ${step.id}`,
    },
  };
}

export function parseUnskipValue(value: string): { readonly seenVersion: number; readonly stepId: string } {
  const [version = '', ...step] = value.split(' ');
  return { seenVersion: /^\d{1,9}$/.test(version) ? Number(version) : 0, stepId: step.join(' ') };
}

/** Looks at any phase without unfolding it for everybody. */
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
          placeholder: { type: 'plain_text', text: 'Look at a phase…' },
          options,
        },
      ],
    },
  ];
}

function option(text: string, value: string): PlainTextOption {
  return { text: { type: 'plain_text', text: truncate(visibleText(text), LIMITS.option) }, value };
}

/** A checklist out of the way: what was done and skipped, and nothing to click. */
function foldedMessage({ checklist, playbook, incident }: ChecklistPicture, page: number): SlackMessage {
  const name = escapeText(playbook.title);
  const when = checklist.foldedAt === null ? '' : ` ${dateToken(checklist.foldedAt, 'time')}`;
  const text = `Checklist ${name} of ${incidentName(incident)} is folded; a newer one goes on below.`;
  if (page > 0) return { text, blocks: [contextLine(`*${name}* (${checklist.severity}): folded${when}.`)] };
  const phases = playbook.phases.map((phase) => foldedPhase(phase, checklist)).filter((part) => part !== '');
  const heading = `*Checklist: ${name}* (${checklist.severity}) · folded${when}; a newer one goes on below. Its ticks stay:`;
  return { text, blocks: [section(heading), ...phases.slice(0, FOLDED_SECTIONS).map(section)] };
}

function foldedPhase(phase: PlaybookPhase, checklist: StoredChecklist): string {
  const touched = phase.steps.filter((step) => (checklist.items.get(step.id)?.state ?? 'open') !== 'open');
  const head = phaseLine(phase, checklist, false);
  return [head, ...touched.map((step) => stepLine(step, checklist))].join('\n');
}
