import type { BlockContext } from './block-context.ts';
import { h } from './dom.ts';
import { renderElement } from './elements.ts';
import { renderPlain } from './mrkdwn-dom.ts';
import type { Block } from './types.ts';

let inputs = 0;

/** An input block: label, element, hint, and under it what is wrong with the value. */
export function renderInputBlock(
  block: Block,
  context: BlockContext,
  error: string | undefined,
): HTMLElement {
  inputs += 1;
  const id = `input-${String(inputs)}`;
  const label = h('div', { class: 'label', id: `${id}-label` }, ...renderPlain(block.label?.text ?? ''));
  if (block.optional === true) label.append(h('span', { class: 'optional' }, ' (optional)'));
  const hint =
    block.hint === undefined
      ? null
      : h('div', { class: 'hint', id: `${id}-hint` }, ...renderPlain(block.hint.text));
  const box = h('div', { class: `block-input ${error === undefined ? '' : 'has-error'}`.trim() }, label);
  if (block.element !== undefined) {
    const described = [hint === null ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`]
      .join(' ')
      .trim();
    const element = renderElement(block.element, {
      context,
      blockId: block.block_id ?? '',
      dispatch: block.dispatch_action === true,
      labelId: `${id}-label`,
      ...(described === '' ? {} : { describedBy: described }),
    });
    if (error !== undefined) element.setAttribute('aria-invalid', 'true');
    label.addEventListener('click', () => element.focus());
    box.append(element);
  }
  if (hint !== null) box.append(hint);
  if (error !== undefined) box.append(h('div', { class: 'error', id: `${id}-error`, role: 'alert' }, error));
  return box;
}
