import type { Button, KnownBlock } from '@slack/types';
import type { Execution, ExecutionState, Progress } from '../../executions/model.ts';
import { STATE_WORDS } from '../../executions/transition.ts';
import type { SlackMessage } from '../define-renderer.ts';
import { dateToken, escapeText, LIMITS, mention, truncate } from '../text.ts';
import { executionTitle, stateLine } from './execution-words.ts';

export const EXECUTION_ACTIONS = {
  /** In messages of other features; the value is `requestValue(…)`. */
  request: 'execution.request',
  /** On the incident's card: which action is asked next, where there are several. */
  choose: 'execution.choose',
  copy: 'execution.copy',
  byHand: 'execution.by-hand',
  cancel: 'execution.cancel',
  askAgain: 'execution.ask-again',
} as const;

/** The value of a button that asks for an action, from a card or from a step of a checklist. */
export function requestValue(actionId: string, stepKey: string | null = null): string {
  return stepKey === null ? actionId : `${actionId} ${stepKey}`;
}

export function parseRequestValue(value: string): {
  readonly actionId: string;
  readonly stepKey: string | null;
} {
  const [actionId = '', stepKey = ''] = value.split(' ');
  return { actionId, stepKey: stepKey === '' ? null : stepKey };
}

export interface ExecutionPicture {
  readonly execution: Execution;
  /** The action's verb: "Restart". */
  readonly verb: string;
  readonly retired: boolean;
}

/**
 * Where an action stands: its first two lines say what and how far, the buttons are those that make sense now. The plan
 * stands in the approval card beside it, once.
 */
export function executionCard({ execution, verb, retired }: ExecutionPicture): SlackMessage {
  const title = executionTitle(execution, verb);
  const lines = [`*${escapeText(title)}*`, stateLine(execution)];
  if (execution.state === 'verifying' && execution.progress !== null)
    lines.push(progressLine(execution.progress));
  const buttons = retired ? [] : buttonsFor(execution.state);
  const blocks: KnownBlock[] = [
    section(lines.join('\n')),
    ...(buttons.length === 0 ? [] : [{ type: 'actions' as const, elements: [...buttons] }]),
    {
      type: 'context',
      elements: [{ type: 'mrkdwn', text: truncate(footer(execution), LIMITS.contextElement) }],
    },
  ];
  return { text: escapeText(fallback(execution, title)), blocks };
}

/** A bar that also reads well aloud: "▰▰▱ 2 of 3 updated, 1 available". */
export function progressLine({ updated, desired, text }: Progress): string {
  const width = Math.min(10, Math.max(1, desired));
  const filled = Math.round((Math.min(updated, desired) / Math.max(1, desired)) * width);
  return `${'▰'.repeat(filled)}${'▱'.repeat(width - filled)} ${escapeText(text)}`;
}

function fallback(execution: Execution, title: string): string {
  const progress =
    execution.state === 'verifying' && execution.progress !== null ? `, ${execution.progress.text}` : '';
  const outcome = execution.outcome === null ? '' : ` ${execution.outcome}`;
  return `${title} is ${STATE_WORDS[execution.state]}${progress}.${outcome}`;
}

function footer(execution: Execution): string {
  const reason = execution.reason === null ? '' : `: ${escapeText(execution.reason)}`;
  const parts = [
    `Asked by ${mention(execution.requestedBy)} ${dateToken(execution.requestedAt, 'time')}${reason}`,
  ];
  if (execution.endedBy !== null && execution.state !== 'denied') {
    parts.push(`Ended by ${mention(execution.endedBy)}`);
  }
  if (execution.endedAt !== null) parts.push(`Ended ${dateToken(execution.endedAt, 'time')}`);
  return parts.join(' · ');
}

const COPY = button('Copy the command', EXECUTION_ACTIONS.copy);
const BY_HAND = button('Done by hand…', EXECUTION_ACTIONS.byHand);
const CANCEL = button('Take back', EXECUTION_ACTIONS.cancel);
const ASK_AGAIN = button('Ask again…', EXECUTION_ACTIONS.askAgain);

const BUTTONS: Readonly<Record<ExecutionState, readonly Button[]>> = {
  requested: [],
  'awaiting-approval': [COPY, BY_HAND, CANCEL],
  approved: [COPY, BY_HAND, CANCEL],
  running: [COPY],
  verifying: [COPY],
  succeeded: [],
  failed: [ASK_AGAIN, COPY, BY_HAND],
  unknown: [COPY, BY_HAND],
  denied: [],
  expired: [ASK_AGAIN, COPY, BY_HAND],
  cancelled: [ASK_AGAIN],
  superseded: [],
  'by-hand': [],
};

function buttonsFor(state: ExecutionState): readonly Button[] {
  return BUTTONS[state];
}

function button(text: string, actionId: string): Button {
  return { type: 'button', text: { type: 'plain_text', text }, action_id: actionId };
}

function section(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: truncate(text, LIMITS.section) } };
}
