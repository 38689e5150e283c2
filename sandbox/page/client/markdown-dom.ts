import { h } from './dom.ts';
import { parseMarkdown } from './markdown.ts';
import type { MarkdownBlock } from './markdown.ts';
import { renderInlines } from './mrkdwn-dom.ts';
import type { Inline } from './mrkdwn.ts';

/** Markdown text as DOM. */
export function renderMarkdown(text: string): HTMLElement {
  return h('div', { class: 'text markdown' }, ...parseMarkdown(text).map(renderMarkdownBlock));
}

function renderMarkdownBlock(block: MarkdownBlock): HTMLElement {
  switch (block.type) {
    case 'heading':
      return h(
        block.level === 1 ? 'h3' : block.level === 2 ? 'h4' : 'h5',
        {},
        ...renderInlines(block.children),
      );
    case 'paragraph':
      return h('p', {}, ...renderInlines(block.children));
    case 'quote':
      return h('blockquote', {}, ...renderInlines(block.children));
    case 'code':
      return h('pre', { tabindex: 0 }, h('code', {}, block.text));
    case 'rule':
      return h('hr', { class: 'block-divider' });
    case 'list':
      return h(block.ordered ? 'ol' : 'ul', {}, ...block.items.map(renderItem));
    default:
      return renderMarkdownTable(block.head, block.rows);
  }
}

function renderItem(item: Extract<MarkdownBlock, { type: 'list' }>['items'][number]): HTMLElement {
  const box =
    item.checked === null
      ? null
      : h(
          'span',
          { class: 'task-box', role: 'img', 'aria-label': item.checked ? 'done' : 'open' },
          item.checked ? '☑ ' : '☐ ',
        );
  return h(
    'li',
    { class: `indent-${String(item.depth)}${box === null ? '' : ' task'}` },
    box,
    ...renderInlines(item.children),
  );
}

function renderMarkdownTable(head: Inline[][], rows: Inline[][][]): HTMLElement {
  const top = h(
    'thead',
    {},
    h('tr', {}, ...head.map((cell) => h('th', { scope: 'col' }, ...renderInlines(cell)))),
  );
  const body = h(
    'tbody',
    {},
    ...rows.map((row) => h('tr', {}, ...row.map((cell) => h('td', {}, ...renderInlines(cell))))),
  );
  return h(
    'div',
    { class: 'table-wrap', tabindex: 0, role: 'region', 'aria-label': 'Table' },
    h('table', {}, top, body),
  );
}
