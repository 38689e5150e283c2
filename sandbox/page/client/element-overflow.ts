import type { ElementPlace } from './block-context.ts';
import { askConfirm } from './confirm-dialog.ts';
import { whileBusy } from './dom.ts';
import { renderMenu } from './menu.ts';
import { safeUrl } from './mrkdwn.ts';
import type { Element, Option } from './types.ts';

/** The three dots: a menu of options, each delivered as its own choice. */
export function renderOverflow(element: Element, place: ElementPlace): HTMLElement {
  const pick = async (button: HTMLElement, option: Option): Promise<void> => {
    const url = option.url === undefined ? null : safeUrl(option.url);
    if (url !== null) window.open(url, '_blank', 'noopener,noreferrer');
    if (element.confirm !== undefined && !(await askConfirm(element.confirm))) return;
    await whileBusy(button, () =>
      place.context.act({
        action_id: element.action_id ?? '',
        block_id: place.blockId,
        selected_option: option.value ?? '',
        ...(element.confirm === undefined ? {} : { confirm: true }),
      }),
    );
  };
  return renderMenu({
    label: element.accessibility_label ?? 'More options',
    glyph: '⋯',
    attributes: { 'data-action-id': element.action_id, 'data-block-id': place.blockId },
    items: (element.options ?? []).map((option) => ({
      text: option.text.text,
      value: option.value ?? '',
      run: (button) => void pick(button, option),
    })),
  });
}
