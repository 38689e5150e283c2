import type { ModalView } from '@slack/types';
import { LIMITS, truncate, visibleText } from '../text.ts';

export const BY_HAND_VIEW = 'execution.by-hand';
export const BY_HAND_NOTE = 'note';

/** Asks what was done, so that timeline and RCA have it. */
export function byHandModal(executionId: string, title: string): ModalView {
  return {
    type: 'modal',
    callback_id: BY_HAND_VIEW,
    private_metadata: executionId,
    title: { type: 'plain_text', text: 'Done by hand' },
    submit: { type: 'plain_text', text: 'Record it' },
    close: { type: 'plain_text', text: 'Back' },
    blocks: [
      {
        type: 'section',
        text: {
          type: 'plain_text',
          text: truncate(
            visibleText(`${title}: you did it yourself. Tocsin will not do it any more.`),
            LIMITS.section,
          ),
        },
      },
      {
        type: 'input',
        block_id: BY_HAND_NOTE,
        label: { type: 'plain_text', text: 'What you did, and what came of it' },
        element: {
          type: 'plain_text_input',
          action_id: BY_HAND_NOTE,
          multiline: true,
          min_length: 3,
          max_length: 500,
        },
      },
    ],
  };
}
