import type { ActionsBlock, Checkboxes, KnownBlock, Overflow, PlainTextOption } from '@slack/types';
import type { StoredChecklist } from '../../checklists/model.ts';
import type { ChecklistBlock } from '../../checklists/pagination.ts';
import type { PlaybookStep } from '../../checklists/playbook/model.ts';
import type { ChecklistPicture } from '../../checklists/read-checklist.ts';
import { groupBlockId, renderGroup } from '../../checklists/rendered-group.ts';
import { SKIP_REASONS } from '../../checklists/skips.ts';
import { escapeText, LIMITS, truncate, visibleText } from '../text.ts';
import { boxNote, skippedWords } from './checklist-words.ts';
import type { EXECUTION_ACTIONS } from './execution-card.ts';
import { requestValue } from './execution-card.ts';
import { stepHelp } from './step-help.ts';

/** The same in messages and in the modal of a phase. */
export const CHECKLIST_ACTIONS = {
  tick: 'checklist.tick',
  skip: 'checklist.skip',
  unskip: 'checklist.unskip',
  showPhase: 'checklist.show-phase',
  /** In the modal of a phase, where the request takes the modal's place; a message has EXECUTION_ACTIONS.request. */
  run: 'checklist.run',
} as const;

export interface StepOptions {
  /** What the button of a step's action is. */
  readonly run: typeof CHECKLIST_ACTIONS.run | typeof EXECUTION_ACTIONS.request;
}

/** What stands for a group of steps: its boxes, the help below them, the skipped ones. */
export function stepBlocks(
  block: Exclude<ChecklistBlock, { kind: 'phase' }>,
  picture: ChecklistPicture,
  options: StepOptions,
): readonly KnownBlock[] {
  if (block.kind === 'boxes') return [boxes(block, picture, options)];
  if (block.skipped && block.first) return [skipped(block.step, picture.checklist)];
  // The whole text of a skipped step stands in its own section already.
  if (block.skipped || block.lines.length === 0) return [];
  return [stepHelp(block.lines)];
}

type Boxes = Extract<ChecklistBlock, { kind: 'boxes' }>;

/** A box with what can be done about its step: tick it, run its action, skip it. */
function boxes(block: Boxes, { checklist, playbook }: ChecklistPicture, options: StepOptions): ActionsBlock {
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
      ...open.flatMap((step) => (step.action === null ? [] : [runButton(step, step.action, options.run)])),
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
  actionId: StepOptions['run'],
): ActionsBlock['elements'][0] {
  const label = truncate(visibleText(`Run: ${action.label}…`), LIMITS.button);
  return {
    type: 'button',
    text: { type: 'plain_text', text: label },
    action_id: actionId,
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

export function option(text: string, value: string): PlainTextOption {
  return { text: { type: 'plain_text', text: truncate(visibleText(text), LIMITS.option) }, value };
}
