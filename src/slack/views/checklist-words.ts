import type { StoredChecklist, StoredItem } from '../../checklists/model.ts';
import { describeWindow } from '../../checklists/playbook/describe-playbook.ts';
import type { EvidenceKind, PlaybookPhase, PlaybookStep } from '../../checklists/playbook/model.ts';
import { phaseProgress, windowTimes } from '../../checklists/policy.ts';
import type { ChecklistProgress } from '../../checklists/progress.ts';
import { skipReasonText } from '../../checklists/skips.ts';
import type { TickAnswer } from '../../checklists/tick-steps.ts';
import { dateToken, escapeText, LIMITS, link, mention } from '../text.ts';

const MINUTE = 60_000;
const EVIDENCE: Readonly<Record<EvidenceKind, string>> = {
  link: 'a link',
  number: 'a number',
  text: 'a sentence',
  diagnostic: 'a look at the system',
};

/** "*Investigation* (5–15 min) · due by 12:15 · 2 of 4 done, 1 overdue", escaped. */
export function phaseLine(phase: PlaybookPhase, checklist: StoredChecklist, isUnfolded: boolean): string {
  const window = describeWindow(phase.window);
  const title = `*${escapeText(phase.title)}*${window === '' ? '' : ` (${window})`}`;
  const { open } = phaseProgress(phase, checklist.items);
  const dueAt = phase.window === null ? null : windowTimes(phase.window, checklist.startedAt).dueAt;
  const format = phase.window?.kind === 'before-start' ? 'date-time' : 'time';
  const due = dueAt === null || open === 0 || !isUnfolded ? '' : ` · due by ${dateToken(dueAt, format)}`;
  return `${isUnfolded ? '' : open === 0 ? ':white_check_mark: ' : '▸ '}${title}${due}${countWords(phase, checklist)}`;
}

/** " · 3 of 5 done, 1 skipped, 2 overdue"; empty for a phase in which everything comes again. */
function countWords(phase: PlaybookPhase, checklist: StoredChecklist): string {
  const { open, done, skipped } = phaseProgress(phase, checklist.items);
  const total = open + done + skipped;
  if (total === 0) return '';
  const overdue = phase.steps.filter((step) => isOverdue(step, checklist)).length;
  const more = [
    `${done} of ${total} done`,
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    ...(overdue === 0 ? [] : [`*${overdue} overdue*`]),
  ];
  return ` · ${more.join(', ')}`;
}

/** Whether the step carries the mark: it is set by the alarm, so that equal state always draws the same. */
export function isOverdue(step: PlaybookStep, checklist: StoredChecklist): boolean {
  const item = checklist.items.get(step.id);
  if (item === undefined || item.state !== 'open') return false;
  if (step.recursEveryMinutes === null) return item.overdueAt !== null;
  return item.remindedFor !== null && item.remindedFor.getTime() >= dueAgain(step, item, checklist).getTime();
}

/**
 * The line below a box, in mrkdwn: who did it and when; else that it is overdue, whose it is and what it asks for. What
 * passes Slack's 75 characters is left out from its end.
 */
export function boxNote(step: PlaybookStep, checklist: StoredChecklist): string {
  const item = checklist.items.get(step.id);
  const parts = item?.state === 'done' ? doneParts(item) : openParts(step, item, checklist);
  let note = '';
  for (const part of parts) {
    const longer = note === '' ? part : `${note} · ${part}`;
    if (longer.length > LIMITS.description) break;
    note = longer;
  }
  return note;
}

function doneParts(item: StoredItem): readonly string[] {
  const who = item.user === null ? '' : `${mention(item.user)} `;
  return [item.at === null ? who.trim() : `${who}${dateToken(item.at, 'time')}`];
}

function openParts(
  step: PlaybookStep,
  item: StoredItem | undefined,
  checklist: StoredChecklist,
): readonly string[] {
  const { owner, evidence } = step.attributes;
  const again =
    step.recursEveryMinutes === null || item === undefined
      ? []
      : [`due ${dateToken(dueAgain(step, item, checklist), 'time')}`];
  return [
    ...(isOverdue(step, checklist) ? ['*Overdue*'] : []),
    ...again,
    ...(owner === null ? [] : [escapeText(owner)]),
    ...(evidence === null ? [] : [`asks for ${EVIDENCE[evidence]}`]),
  ];
}

/** When a recurring step is due next: an interval after it was done last, or after the start. */
function dueAgain(step: PlaybookStep, item: StoredItem, checklist: StoredChecklist): Date {
  const since = Math.max(item.lastDoneAt?.getTime() ?? -Infinity, checklist.startedAt.getTime());
  return new Date(since + (step.recursEveryMinutes ?? 0) * MINUTE);
}

/** One line for a step wherever there are no boxes, in mrkdwn: in a folded checklist, or when a phase is looked at. */
export function stepLine(step: PlaybookStep, checklist: StoredChecklist): string {
  const item = checklist.items.get(step.id);
  const text = escapeText(step.text);
  if (item?.state === 'skipped') return `:heavy_minus_sign: ${text} · ${skippedWords(item)}`;
  const note = boxNote(step, checklist);
  const mark = item?.state === 'done' ? ':white_check_mark:' : ':white_large_square:';
  return `${mark} ${text}${note === '' ? '' : ` · ${note}`}`;
}

export function skippedWords(item: StoredItem): string {
  const who = item.user === null ? '' : ` by ${mention(item.user)}`;
  const when = item.at === null ? '' : ` ${dateToken(item.at, 'time')}`;
  return `skipped${who}${when}: ${skipReasonText(item.skipReason)}`;
}

/** Told to a person whose click came after somebody else's change of the same step. */
export function conflictText({ step, item }: TickAnswer['conflicts'][number]): string {
  const who = item.user === null ? 'Somebody' : mention(item.user);
  const what = { done: 'ticked', open: 'changed', skipped: 'skipped' }[item.state];
  const when = item.at === null ? '' : ` at ${dateToken(item.at, 'time-seconds')}`;
  return `${who} ${what} “${escapeText(step.text)}”${when}, after what you saw. I left it as it is; look again and click once more if you meant to.`;
}

/** Where a checklist stands, in a few lines for one person. */
export function whereItStands(progress: ChecklistProgress, url: string | undefined): string {
  const { checklist, playbook, done, total, skipped, overdue, phase } = progress;
  const name = url === undefined ? escapeText(playbook.title) : link(url, playbook.title);
  const counts = [
    `${done} of ${total} done`,
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    ...(overdue === 0 ? [] : [`*${overdue} overdue*`]),
  ];
  const current = playbook.phases.find((one) => one.title === phase);
  const open = (current?.steps ?? []).filter((step) => checklist.items.get(step.id)?.state === 'open');
  const next = open.slice(0, 3).map((step) => stepLine(step, checklist));
  const now = phase === null ? 'Every phase is through.' : `Now: *${escapeText(phase)}*`;
  return [`*${name}* · ${counts.join(', ')}`, now, ...next].join('\n');
}
