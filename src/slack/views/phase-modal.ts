import type { ModalView } from '@slack/types';
import { MESSAGE_LIMITS, phaseBlocks } from '../../checklists/pagination.ts';
import type { ChecklistPicture } from '../../checklists/read-checklist.ts';
import { CHECKLIST_ACTIONS, stepBlocks } from './checklist-steps.ts';
import { phaseLine } from './checklist-words.ts';
import { contextLine, section } from './incident-lines.ts';

/** Blocks of a modal at most (Slack's limit), and one for the line that says what is left out. */
const MOST_BLOCKS = 99;

export interface PhaseAddress {
  readonly checklistId: string;
  /** Position in the playbook, from 0. */
  readonly phase: number;
}

/** What the modal is given as private_metadata. */
export function phaseId({ checklistId, phase }: PhaseAddress): string {
  return `${checklistId} ${phase}`;
}

export function parsePhaseId(id: string): PhaseAddress {
  const [checklistId = '', phase = ''] = id.split(' ');
  return { checklistId, phase: /^\d{1,3}$/.test(phase) ? Number(phase) : -1 };
}

/**
 * A phase for one person, with boxes that count as those in the channel do: work that cannot wait for its turn, such as a
 * rollback while the investigation goes on. Null when the checklist has no such phase.
 */
export function phaseModal(picture: ChecklistPicture, index: number): ModalView | null {
  const { checklist, playbook } = picture;
  const phase = playbook.phases[index];
  if (phase === undefined) return null;
  const steps = phaseBlocks(phase, index, checklist.items, MESSAGE_LIMITS).flatMap((block) =>
    block.kind === 'phase' ? [] : stepBlocks(block, picture, { run: CHECKLIST_ACTIONS.run }),
  );
  const blocks = [section(phaseLine(phase, checklist, true)), ...steps];
  const rest = contextLine('This phase is longer than a modal; the rest shows in the channel in its turn.');
  return {
    type: 'modal',
    private_metadata: phaseId({ checklistId: checklist.id, phase: index }),
    title: { type: 'plain_text', text: 'Checklist' },
    close: { type: 'plain_text', text: 'Back' },
    blocks: blocks.length <= MOST_BLOCKS ? blocks : [...blocks.slice(0, MOST_BLOCKS), rest],
  };
}
