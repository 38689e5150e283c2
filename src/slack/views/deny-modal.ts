import type { ModalView } from '@slack/types';
import { LIMITS, truncate, visibleText } from '../text.ts';

export const DENY_VIEW = 'approval.deny';
export const DENY_REASON = 'reason';

/** Asks why: whoever asked for it has to know what to do instead. `id` is the value of the button that was clicked. */
export function denyModal(id: string, title: string): ModalView {
  return {
    type: 'modal',
    callback_id: DENY_VIEW,
    private_metadata: id,
    title: { type: 'plain_text', text: 'Deny' },
    submit: { type: 'plain_text', text: 'Deny' },
    close: { type: 'plain_text', text: 'Back' },
    blocks: [
      {
        type: 'section',
        text: {
          type: 'plain_text',
          text: truncate(visibleText(`${title}. A denial is final.`), LIMITS.section),
        },
      },
      {
        type: 'input',
        block_id: DENY_REASON,
        label: { type: 'plain_text', text: 'Why, and what to do instead' },
        element: {
          type: 'plain_text_input',
          action_id: DENY_REASON,
          multiline: true,
          min_length: 3,
          max_length: 500,
        },
      },
    ],
  };
}
