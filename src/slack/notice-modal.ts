import type { ModalView } from '@slack/types';
import { LIMITS, truncate } from './text.ts';

/** A modal that only says something: for answers that have no message to stand in. The text is mrkdwn. */
export function noticeModal(text: string, title = 'Tocsin'): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: truncate(title, LIMITS.modalTitle) },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: truncate(text, LIMITS.section) } }],
  };
}
