import type { BlockContext } from './block-context.ts';
import { append, h } from './dom.ts';
import { renderElement } from './elements.ts';
import { renderInputBlock } from './block-input.ts';
import { renderTable } from './block-table.ts';
import { renderMarkdown } from './markdown-dom.ts';
import { renderPlain, renderText } from './mrkdwn-dom.ts';
import { renderPicture } from './picture.ts';
import { renderRichText } from './rich-text.ts';
import type { Block, Element, TextObject } from './types.ts';

export interface BlockOptions {
  /** Errors by block id, shown under their inputs. */
  errors?: Readonly<Record<string, string>>;
}

/** Block Kit as DOM: one child for each block, in order. */
export function renderBlocks(
  blocks: readonly Block[],
  context: BlockContext,
  options: BlockOptions = {},
): HTMLElement {
  const box = h('div', { class: 'blocks' });
  for (const block of blocks) {
    const drawn = drawSafely(block, context, options);
    if (block.block_id !== undefined && !drawn.hasAttribute('data-block-id'))
      drawn.setAttribute('data-block-id', block.block_id);
    box.append(drawn);
  }
  return box;
}

/** One block that cannot be drawn does not take the rest of the message with it. */
function drawSafely(block: Block, context: BlockContext, options: BlockOptions): HTMLElement {
  try {
    return renderBlock(block, context, options);
  } catch (error) {
    return h(
      'p',
      { class: 'unsupported' },
      `This “${block.type}” block could not be drawn (${String(error)}).`,
    );
  }
}

function renderBlock(block: Block, context: BlockContext, options: BlockOptions): HTMLElement {
  switch (block.type) {
    case 'section':
      return renderSection(block, context);
    case 'header':
      return h('h3', { class: 'block-header' }, ...renderPlain(textOf(block.text)));
    case 'divider':
      return h('hr', { class: 'block-divider' });
    case 'context':
      return renderContext(block);
    case 'actions':
    case 'context_actions':
      return renderActions(block, context);
    case 'input':
      return renderInputBlock(block, context, options.errors?.[block.block_id ?? '']);
    case 'image':
      return renderImage(block);
    case 'rich_text':
      return renderRichText(block.elements ?? []);
    case 'markdown':
      return renderMarkdown(textOf(block.text));
    case 'table':
      return renderTable(block);
    default:
      return h('p', { class: 'unsupported' }, `This page does not draw “${block.type}” blocks.`);
  }
}

function renderSection(block: Block, context: BlockContext): HTMLElement {
  const body = h('div', { class: 'section-body' });
  if (block.text !== undefined) body.append(renderText(block.text));
  if (block.fields !== undefined)
    body.append(
      h('div', { class: 'fields' }, ...block.fields.map((field) => renderText(field, 'text field'))),
    );
  const section = h('div', { class: 'block-section' }, body);
  if (block.accessory !== undefined) {
    const accessory = renderElement(block.accessory, {
      context,
      blockId: block.block_id ?? '',
      dispatch: true,
    });
    section.append(h('div', { class: `accessory accessory-${block.accessory.type}` }, accessory));
  }
  return section;
}

function renderContext(block: Block): HTMLElement {
  const parts = (block.elements ?? []).map((element) => {
    const part = asPart(element);
    return part.type === 'image'
      ? renderPicture(part, 'picture-tiny')
      : renderText({ type: part.type === 'mrkdwn' ? 'mrkdwn' : 'plain_text', text: textOf(part.text) });
  });
  return h('div', { class: 'block-context' }, ...parts);
}

function renderActions(block: Block, context: BlockContext): HTMLElement {
  const box = h('div', { class: 'block-actions' });
  append(
    box,
    (block.elements ?? []).map((element) =>
      renderElement(asPart(element), { context, blockId: block.block_id ?? '', dispatch: true }),
    ),
  );
  return box;
}

function renderImage(block: Block): HTMLElement {
  const figure = h('figure', { class: 'block-image' });
  if (block.title !== undefined) figure.append(h('figcaption', {}, ...renderPlain(block.title.text)));
  figure.append(renderPicture(block, 'picture'));
  return figure;
}

/** The elements of `context` and `actions` share their fields with our flattened Element. */
type Part = Omit<Element, 'text'> & { text?: TextObject };

function asPart(element: unknown): Part {
  const part: Part = { type: 'unknown' };
  if (typeof element !== 'object' || element === null) return part;
  const given: object = element;
  return Object.assign(
    part,
    'text' in given && typeof given.text === 'string'
      ? { ...given, text: { type: 'plain_text', text: given.text } }
      : given,
  );
}

function textOf(text: TextObject | string | undefined): string {
  return typeof text === 'string' ? text : (text?.text ?? '');
}
