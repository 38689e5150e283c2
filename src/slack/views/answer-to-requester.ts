import type { KnownBlock } from '@slack/types';
import type { ApprovalPicture } from '../../approvals/read-approval.ts';
import { STATE_WORDS } from '../../executions/transition.ts';
import type { SlackMessage } from '../define-renderer.ts';
import { escapeText, mention } from '../text.ts';
import { titleOf } from './approval-card.ts';
import { EXECUTION_ACTIONS } from './execution-card.ts';
import { section } from './incident-lines.ts';

/** Calls whoever asked when the answer was no, or no answer came: why, and for the latter the way to ask again. */
export function answerToRequester({ execution }: Pick<ApprovalPicture, 'execution'>): SlackMessage | null {
  const { state, requestedBy, endedBy, outcome } = execution;
  if (state !== 'denied' && state !== 'expired' && state !== 'by-hand') return null;
  const title = escapeText(titleOf({ execution }));
  const by = state === 'denied' && endedBy !== null ? ` by ${mention(endedBy)}` : '';
  const why = outcome === null ? '' : `\n${escapeText(outcome)}`;
  const blocks: KnownBlock[] = [
    section(`${mention(requestedBy)} *${title}* is ${STATE_WORDS[state]}${by}.${why}`),
  ];
  if (state === 'expired') {
    blocks.push({
      type: 'actions',
      elements: [
        {
          type: 'button',
          text: { type: 'plain_text', text: 'Ask again…' },
          action_id: EXECUTION_ACTIONS.askAgain,
        },
      ],
    });
  }
  return {
    text: `${title} is ${STATE_WORDS[state]}.${outcome === null ? '' : ` ${escapeText(outcome)}`}`,
    blocks,
  };
}
