import type { Checklist, ItemState } from './model.ts';
import type { PhaseWindow, Playbook, PlaybookPhase, PlaybookStep } from './playbook/model.ts';

export interface PhaseProgress {
  readonly phase: PlaybookPhase;
  /** Steps that come again are not counted: they are never finished. */
  readonly open: number;
  readonly done: number;
  readonly skipped: number;
}

export interface OverdueStep {
  readonly stepId: string;
  readonly dueAt: Date;
}

export interface Recurrence {
  readonly stepId: string;
  readonly dueAt: Date;
  readonly overdue: boolean;
  /** Whole intervals that passed without it being done. */
  readonly missed: number;
}

const MINUTE = 60_000;

export function phaseProgress(phase: PlaybookPhase, items: Checklist['items']): PhaseProgress {
  const states = phase.steps.filter(isOnce).map((step) => items.get(step.id)?.state ?? 'open');
  const count = (state: ItemState): number => states.filter((each) => each === state).length;
  return { phase, open: count('open'), done: count('done'), skipped: count('skipped') };
}

/** The first phase, of those that come in turn, with an open step; null when all are through. */
export function currentPhase(playbook: Playbook, items: Checklist['items']): PlaybookPhase | null {
  const inTurn = playbook.phases.filter((phase) => phase.runs === 'in-turn');
  return inTurn.find((phase) => phaseProgress(phase, items).open > 0) ?? null;
}

/** The phases to show in full: the current one, and those that run throughout. */
export function unfoldedPhases(playbook: Playbook, items: Checklist['items']): readonly PlaybookPhase[] {
  const current = currentPhase(playbook, items);
  return playbook.phases.filter((phase) => phase === current || phase.runs === 'throughout');
}

/** When a window opens and closes, counted from the start; null for an open end. */
export function windowTimes(
  window: PhaseWindow,
  startedAt: Date,
): { readonly opensAt: Date; readonly dueAt: Date | null } {
  const at = (minutes: number): Date => new Date(startedAt.getTime() + minutes * MINUTE);
  if (window.kind === 'before-start')
    return { opensAt: at(-window.fromMinutesBefore), dueAt: at(-window.toMinutesBefore) };
  return { opensAt: at(window.fromMinutes), dueAt: window.toMinutes === null ? null : at(window.toMinutes) };
}

/** Open steps whose phase should be over by now, earliest first. A folded checklist has none. */
export function overdueSteps(playbook: Playbook, checklist: Checklist, now: Date): readonly OverdueStep[] {
  return stepDeadlines(playbook, checklist).filter(({ dueAt }) => dueAt.getTime() <= now.getTime());
}

/** The recurring steps that are not skipped. Being done starts the interval anew; a start that lies ahead is waited for. */
export function recurrences(playbook: Playbook, checklist: Checklist, now: Date): readonly Recurrence[] {
  if (checklist.foldedAt !== null) return [];
  return allSteps(playbook).flatMap((step) => {
    const item = checklist.items.get(step.id);
    if (step.recursEveryMinutes === null || item?.state === 'skipped') return [];
    const interval = step.recursEveryMinutes * MINUTE;
    const since = Math.max(item?.lastDoneAt?.getTime() ?? -Infinity, checklist.startedAt.getTime());
    const missed = Math.max(0, Math.floor((now.getTime() - since) / interval));
    return [{ stepId: step.id, dueAt: new Date(since + interval), overdue: missed > 0, missed }];
  });
}

/** The next moment after now at which something becomes overdue or is due again: when the reminder job must wake. */
export function nextDeadline(playbook: Playbook, checklist: Checklist, now: Date): Date | null {
  const once = stepDeadlines(playbook, checklist).map(({ dueAt }) => dueAt.getTime());
  const again = recurrences(playbook, checklist, now).map(({ dueAt, missed, stepId }) => {
    const every = allSteps(playbook).find((step) => step.id === stepId)?.recursEveryMinutes ?? 0;
    return dueAt.getTime() + missed * every * MINUTE;
  });
  const ahead = [...once, ...again].filter((time) => time > now.getTime());
  return ahead.length === 0 ? null : new Date(Math.min(...ahead));
}

function stepDeadlines(playbook: Playbook, checklist: Checklist): OverdueStep[] {
  if (checklist.foldedAt !== null) return [];
  return playbook.phases
    .flatMap((phase) => {
      const dueAt = phase.window === null ? null : windowTimes(phase.window, checklist.startedAt).dueAt;
      if (dueAt === null) return [];
      const open = phase.steps.filter(
        (step) => isOnce(step) && (checklist.items.get(step.id)?.state ?? 'open') === 'open',
      );
      return open.map((step) => ({ stepId: step.id, dueAt }));
    })
    .toSorted((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
}

function allSteps(playbook: Playbook): readonly PlaybookStep[] {
  return playbook.phases.flatMap((phase) => phase.steps);
}

function isOnce(step: PlaybookStep): boolean {
  return step.recursEveryMinutes === null;
}
