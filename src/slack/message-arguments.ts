import type { SlackMessage } from './define-renderer.ts';
import type { PayloadRecord } from './payload.ts';
import { truncate } from './text.ts';

/** Characters of fallback text; Slack cuts at 40,000, phones much earlier. */
const FALLBACK_LENGTH = 3_000;

/** The arguments that each message of ours has: no names are linked, no links unfurled, nothing parsed. */
export function toArguments(message: SlackMessage): PayloadRecord {
  return {
    text: truncate(message.text, FALLBACK_LENGTH),
    blocks: message.blocks,
    parse: 'none',
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
  };
}
