import type { ModalView } from '@slack/types';
import { BREAK_GLASS_REASONS } from '../../approvals/model.ts';
import { LIMITS, truncate, visibleText } from '../text.ts';

export const BREAK_GLASS_VIEW = 'approval.break-glass';
export const BREAK_GLASS_REASON = 'reason';
export const BREAK_GLASS_LINE = 'line';

/** A reason to pick and one line to write. `id` is the value of the button that was clicked. */
export function breakGlassModal(id: string, title: string): ModalView {
  return {
    type: 'modal',
    callback_id: BREAK_GLASS_VIEW,
    private_metadata: id,
    title: { type: 'plain_text', text: 'Break glass' },
    submit: { type: 'plain_text', text: 'Run it now' },
    close: { type: 'plain_text', text: 'Back' },
    blocks: [
      {
        type: 'section',
        text: {
          type: 'plain_text',
          text: truncate(
            visibleText(
              `${title}. You run it alone, now. The manager on call is told at once, and another manager reviews it before the incident can be closed.`,
            ),
            LIMITS.section,
          ),
        },
      },
      {
        type: 'input',
        block_id: BREAK_GLASS_REASON,
        label: { type: 'plain_text', text: 'Why it cannot wait' },
        element: {
          type: 'static_select',
          action_id: BREAK_GLASS_REASON,
          options: Object.entries(BREAK_GLASS_REASONS).map(([value, text]) => ({
            value,
            text: { type: 'plain_text', text },
          })),
        },
      },
      {
        type: 'input',
        block_id: BREAK_GLASS_LINE,
        label: { type: 'plain_text', text: 'In one line' },
        element: { type: 'plain_text_input', action_id: BREAK_GLASS_LINE, min_length: 5, max_length: 200 },
      },
    ],
  };
}
