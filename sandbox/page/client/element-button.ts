import type { ElementPlace } from './block-context.ts';
import { askConfirm } from './confirm-dialog.ts';
import { h, whileBusy } from './dom.ts';
import { renderPlain } from './mrkdwn-dom.ts';
import { safeUrl } from './mrkdwn.ts';
import type { Element } from './types.ts';

/** A button: primary, danger or plain; with `confirm` it asks first; with `url` it opens the address as well. */
export function renderButton(element: Element, place: ElementPlace): HTMLElement {
  const label = renderPlain(element.text?.text ?? '');
  const shared = {
    class: `button ${element.style === 'primary' || element.style === 'danger' ? element.style : ''}`.trim(),
    'data-action-id': element.action_id,
    'data-block-id': place.blockId,
    'aria-label': element.accessibility_label,
  };
  const url = element.url === undefined ? null : safeUrl(element.url);
  if (url !== null) {
    const outside = h(
      'a',
      { ...shared, href: url, target: '_blank', rel: 'noopener noreferrer' },
      ...label,
      ' ↗',
    );
    outside.addEventListener('click', () => void press(outside, element, place));
    return outside;
  }
  const button = h('button', { ...shared, type: 'button' }, ...label);
  button.addEventListener('click', () => void press(button, element, place));
  return button;
}

async function press(button: HTMLElement, element: Element, place: ElementPlace): Promise<void> {
  if (button.getAttribute('aria-busy') === 'true') return;
  const confirm = element.confirm;
  if (confirm !== undefined && !(await askConfirm(confirm))) return;
  await whileBusy(button, () =>
    place.context.act({
      action_id: element.action_id ?? '',
      block_id: place.blockId,
      ...(element.value === undefined ? {} : { value: element.value }),
      ...(confirm === undefined ? {} : { confirm: true }),
    }),
  );
}
