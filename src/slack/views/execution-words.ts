import type { Execution, ExecutionState, Plan } from '../../executions/model.ts';
import { code, escapeText, mention } from '../text.ts';

/** What an execution is called, also when nothing could be planned. mrkdwn-free: escape or `visibleText` it. */
export function executionTitle(execution: Execution, verb: string): string {
  return execution.plan?.title ?? `${verb} ${execution.service ?? 'a service'} (${execution.environment})`;
}

/** The plan in mrkdwn: what changes, what it touches, what users notice, what to beware of. */
export function planSections(plan: Plan): readonly string[] {
  const after = new Map(plan.after.map((fact) => [fact.name, fact.value]));
  const facts = plan.before.map(({ name, value }) => {
    const next = after.get(name);
    return `• ${escapeText(name)}: ${code(value)}${next === undefined ? '' : ` → ${code(next)}`}`;
  });
  return [
    ...plan.warnings.map((warning) => `:warning: ${escapeText(warning)}`),
    facts.join('\n'),
    `*Touches:* ${escapeText(plan.blastRadius)}\n*Outage:* ${escapeText(plan.expectedOutage)}\n*Way back:* ${escapeText(plan.undo)}`,
  ].filter((text) => text !== '');
}

/** One line: where it stands, in words and who is behind it. */
export function stateLine(execution: Execution): string {
  const by = execution.approvedBy.map(mention).join(' and ');
  const glass = execution.mode === 'break-glass' ? ' (glass broken)' : '';
  const outcome = execution.outcome === null ? '' : ` ${escapeText(execution.outcome)}`;
  const line = LINES[execution.state];
  return `${line.emoji} *${line.word}*${line.names && by !== '' ? ` by ${by}${glass}.` : '.'}${outcome}`;
}

interface Line {
  readonly emoji: string;
  readonly word: string;
  /** Whether the line names who approved. */
  readonly names: boolean;
}

const LINES: Readonly<Record<ExecutionState, Line>> = {
  requested: { emoji: ':pencil2:', word: 'Not sent yet', names: false },
  'awaiting-approval': { emoji: ':hourglass_flowing_sand:', word: 'Waiting for approval', names: false },
  approved: { emoji: ':white_check_mark:', word: 'Approved', names: true },
  running: { emoji: ':arrow_forward:', word: 'Started, approved', names: true },
  verifying: { emoji: ':arrow_forward:', word: 'Under way, approved', names: true },
  succeeded: { emoji: ':large_green_circle:', word: 'Done, approved', names: true },
  failed: { emoji: ':red_circle:', word: 'Failed', names: false },
  unknown: { emoji: ':grey_question:', word: 'Outcome unknown, please look', names: false },
  denied: { emoji: ':no_entry:', word: 'Denied', names: false },
  expired: { emoji: ':alarm_clock:', word: 'Expired', names: false },
  cancelled: { emoji: ':heavy_multiplication_x:', word: 'Cancelled', names: false },
  superseded: { emoji: ':leftwards_arrow_with_hook:', word: 'Replaced by a newer request', names: false },
  'by-hand': { emoji: ':wrench:', word: 'Done by hand', names: false },
};
