import type { Checklist, ChecklistItem } from './model.ts';
import type { Playbook } from './playbook/model.ts';

/** A checklist with every step open. Nothing is carried over from another one: the new playbook asks anew. */
export function newChecklist(playbook: Playbook, id: string, startedAt: Date): Checklist {
  const steps = playbook.phases.flatMap((phase) => phase.steps);
  return {
    id,
    playbookHash: playbook.contentHash,
    startedAt,
    foldedAt: null,
    version: 0,
    items: new Map(steps.map((step) => [step.id, untouched(step.id)])),
  };
}

/** The same checklist out of the way: kept with its ticks, with no more deadlines. Folding twice keeps the first time. */
export function foldChecklist(checklist: Checklist, at: Date): Checklist {
  return checklist.foldedAt === null ? { ...checklist, foldedAt: at } : checklist;
}

function untouched(stepId: string): ChecklistItem {
  return {
    stepId,
    state: 'open',
    by: null,
    at: null,
    lastDoneAt: null,
    skipReason: null,
    version: 0,
    fromVersion: null,
    clickOrder: 0,
  };
}
