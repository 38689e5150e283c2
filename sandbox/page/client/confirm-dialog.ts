import { h } from './dom.ts';
import { renderPlain, renderText } from './mrkdwn-dom.ts';
import type { Confirm } from './types.ts';

/** Slack's confirm dialog: resolves true only when the person said yes. */
export function askConfirm(confirm: Confirm): Promise<boolean> {
  const title = h('h2', { id: 'confirm-title' }, ...renderPlain(confirm.title?.text ?? 'Are you sure?'));
  const no = h(
    'button',
    { type: 'submit', value: 'no', class: 'button', 'data-testid': 'confirm-no' },
    ...renderPlain(confirm.deny?.text ?? 'Cancel'),
  );
  const yesClass = `button ${confirm.style === 'danger' ? 'danger' : 'primary'}`;
  const yes = h(
    'button',
    { type: 'submit', value: 'yes', class: yesClass, 'data-testid': 'confirm-yes' },
    ...renderPlain(confirm.confirm?.text ?? 'Yes'),
  );
  const form = h(
    'form',
    { method: 'dialog' },
    title,
    renderText(confirm.text, 'text dialog-body'),
    h('div', { class: 'dialog-foot' }, no, yes),
  );
  const dialog = h(
    'dialog',
    { class: 'confirm', 'aria-labelledby': 'confirm-title', 'data-testid': 'confirm' },
    form,
  );
  document.body.append(dialog);
  dialog.showModal();
  yes.focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      resolve(dialog.returnValue === 'yes');
      dialog.remove();
    });
  });
}
