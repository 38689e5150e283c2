import type { Queryable } from '../db/database.ts';
import { listChecklists } from './store.ts';
import { readPlaybook } from './read-playbook.ts';
import { currentPhase, phaseProgress } from './policy.ts';
import type { StoredChecklist } from './model.ts';
import type { Playbook } from './playbook/model.ts';

/** Where one checklist stands. Steps that come again are not counted. */
export interface ChecklistProgress {
  readonly checklist: StoredChecklist;
  readonly playbook: Playbook;
  readonly done: number;
  readonly skipped: number;
  /** All steps that are done once. */
  readonly total: number;
  /** Open steps that were marked overdue. */
  readonly overdue: number;
  /** Title of the phase it is in; null when all is through. */
  readonly phase: string | null;
}

/** The running checklists of an incident, the main one first. */
export async function listProgress(db: Queryable, incidentId: string): Promise<readonly ChecklistProgress[]> {
  const live = (await listChecklists(db, incidentId)).filter((checklist) => checklist.foldedAt === null);
  const progress: ChecklistProgress[] = [];
  for (const checklist of live) progress.push(progressOf(checklist, await readPlaybook(db, checklist)));
  return progress;
}

export function progressOf(checklist: StoredChecklist, playbook: Playbook): ChecklistProgress {
  const phases = playbook.phases.map((phase) => phaseProgress(phase, checklist.items));
  const sum = (count: (phase: (typeof phases)[number]) => number): number =>
    phases.reduce((total, phase) => total + count(phase), 0);
  const items = [...checklist.items.values()];
  return {
    checklist,
    playbook,
    done: sum((phase) => phase.done),
    skipped: sum((phase) => phase.skipped),
    total: sum((phase) => phase.open + phase.done + phase.skipped),
    overdue: items.filter((item) => item.state === 'open' && item.overdueAt !== null).length,
    phase: currentPhase(playbook, checklist.items)?.title ?? null,
  };
}
