import { h } from './dom.ts';
import { renderPlain } from './mrkdwn-dom.ts';
import { renderRichText } from './rich-text.ts';
import type { Block } from './types.ts';

/** A table block: the first row is its header; cells are raw text or rich text. */
export function renderTable(block: Block): HTMLElement {
  const [head, ...rows] = block.rows ?? [];
  const table = h('table');
  if (head !== undefined) table.append(h('thead', {}, renderRow(head, block, 'th')));
  table.append(h('tbody', {}, ...rows.map((row) => renderRow(row, block, 'td'))));
  return h('div', { class: 'table-wrap', tabindex: 0, role: 'region', 'aria-label': 'Table' }, table);
}

function renderRow(row: unknown[], block: Block, tag: 'th' | 'td'): HTMLElement {
  const cells = row.map((cell, index) => {
    const align = block.column_settings?.[index]?.align;
    return h(
      tag,
      {
        class: align === 'right' || align === 'center' ? `align-${align}` : undefined,
        scope: tag === 'th' ? 'col' : undefined,
      },
      ...renderCell(cell),
    );
  });
  return h('tr', {}, ...cells);
}

function renderCell(cell: unknown): Node[] {
  if (typeof cell !== 'object' || cell === null) return [];
  if ('elements' in cell && Array.isArray(cell.elements)) return [renderRichText(cell.elements)];
  const text = 'text' in cell ? cell.text : '';
  return renderPlain(typeof text === 'string' || typeof text === 'number' ? String(text) : '');
}
