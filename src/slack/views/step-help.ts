import type { RichTextBlock, RichTextBlockElement, RichTextElement } from '@slack/types';
import type { DetailLine } from '../../checklists/pagination.ts';
import { safeUrl, visibleText } from '../text.ts';

/**
 * What stands below a box: notes, links, commands to copy. As rich text, so that a command is copied exactly as it was
 * written, whatever signs it holds.
 */
export function stepHelp(lines: readonly DetailLine[]): RichTextBlock {
  const elements: RichTextBlockElement[] = [];
  let bullets: RichTextElement[][] = [];
  const flush = (): void => {
    if (bullets.length === 0) return;
    elements.push({
      type: 'rich_text_list',
      style: 'bullet',
      elements: bullets.map((content) => ({ type: 'rich_text_section', elements: content })),
    });
    bullets = [];
  };
  for (const line of lines) {
    if (line.kind === 'command') {
      flush();
      elements.push({ type: 'rich_text_preformatted', elements: [{ type: 'text', text: shown(line.text) }] });
    } else {
      bullets.push([inline(line)]);
    }
  }
  flush();
  return { type: 'rich_text', elements };
}

function inline(line: DetailLine): RichTextElement {
  const url = line.url === null ? undefined : safeUrl(line.url);
  const text = shown(line.text);
  return url === undefined ? { type: 'text', text } : { type: 'link', url, text };
}

/** Slack refuses an empty text. */
function shown(text: string): string {
  const visible = visibleText(text);
  return visible === '' ? ' ' : visible;
}
