import { h } from './dom.ts';
import type { Attributes } from './dom.ts';
import { renderPlain } from './mrkdwn-dom.ts';

export interface MenuItem {
  text: string;
  picture?: Node;
  value?: string;
  run: (button: HTMLElement) => void;
}

interface Menu {
  label: string;
  glyph: string | (() => Node);
  className?: string;
  attributes?: Attributes;
  items: readonly MenuItem[];
}

/** A button with a menu: arrow keys move, Escape closes and gives the focus back. */
export function renderMenu(menu: Menu): HTMLElement {
  const button = h(
    'button',
    {
      type: 'button',
      class: `button icon ${menu.className ?? ''}`,
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-label': menu.label,
      title: menu.label,
      ...menu.attributes,
    },
    typeof menu.glyph === 'string' ? menu.glyph : menu.glyph(),
  );
  const wrap = h('span', { class: 'menu-wrap' }, button);
  const close = (focus: boolean): void => {
    wrap.querySelector('.menu')?.remove();
    button.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside);
    if (focus) button.focus();
  };
  const outside = (event: Event): void => {
    if (!(event.target instanceof Node) || !wrap.contains(event.target)) close(false);
  };
  button.addEventListener('click', () => {
    if (wrap.querySelector('.menu') !== null) {
      close(true);
      return;
    }
    const list = renderItems(menu, button, close);
    wrap.append(list);
    place(list, button);
    button.setAttribute('aria-expanded', 'true');
    list.querySelector('button')?.focus();
    document.addEventListener('pointerdown', outside);
  });
  return wrap;
}

function renderItems(menu: Menu, button: HTMLElement, close: (focus: boolean) => void): HTMLElement {
  const items = menu.items.map((item) =>
    h(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        'data-value': item.value,
        onclick: () => {
          close(true);
          item.run(button);
        },
      },
      item.picture,
      h('span', {}, ...renderPlain(item.text)),
    ),
  );
  const list = h('div', { class: 'menu', role: 'menu', 'aria-label': menu.label }, ...items);
  list.addEventListener('keydown', (event) => {
    const at = items.findIndex((item) => item === document.activeElement);
    if (event.key === 'Escape') close(true);
    else if (event.key === 'ArrowDown') items[(at + 1) % items.length]?.focus();
    else if (event.key === 'ArrowUp') items.at(at - 1)?.focus();
    else if (event.key === 'Tab') close(false);
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  });
  return list;
}

/** Opens upwards or to the left where there is no room. */
function place(list: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const scroller =
    button.closest('.scroll')?.getBoundingClientRect() ?? document.body.getBoundingClientRect();
  if (at.bottom + list.offsetHeight > scroller.bottom && at.top - list.offsetHeight > scroller.top)
    list.classList.add('up');
  if (at.left + list.offsetWidth > scroller.right) list.classList.add('left');
}
