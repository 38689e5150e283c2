import { createComposer } from './composer.ts';
import { byId, h, replace } from './dom.ts';
import { renderMessage } from './message-item.ts';
import { reconcile } from './message-list.ts';
import { closeThread } from './navigation.ts';
import { currentChannelId, messagesOf, state } from './store.ts';

let open: string | null = null;

/** The side panel with one thread: its first message, the replies and a composer of its own. */
export function drawThread(): void {
  const panel = byId('thread');
  const channel = currentChannelId();
  const ts = state.thread;
  document.body.classList.toggle('with-thread', ts !== null && channel !== null);
  panel.hidden = ts === null || channel === null;
  if (ts === null || channel === null) {
    open = null;
    replace(panel);
    return;
  }
  const key = `${state.as}/${channel}/${ts}`;
  if (open !== key) {
    open = key;
    build(panel, channel, ts);
  }
  const log = panel.querySelector<HTMLElement>('.thread-log');
  if (log === null) return;
  const messages = messagesOf(channel).filter((message) => message.ts === ts || message.thread_ts === ts);
  const rows = messages.map((message) => ({
    key: message.ts,
    signature: JSON.stringify([message, state.as]),
    draw: () => renderMessage(message, { channel, compact: false, replies: 0, inThread: true }),
  }));
  if (reconcile(log, rows)) log.scrollTop = log.scrollHeight;
}

function build(panel: HTMLElement, channel: string, ts: string): void {
  const close = h(
    'button',
    { type: 'button', class: 'button icon', 'aria-label': 'Close thread', onclick: closeThread },
    '✕',
  );
  const composer = createComposer({
    testId: 'thread-composer',
    target: () => ({ channel, thread: ts }),
    placeholder: () => 'Reply…',
  });
  replace(
    panel,
    h('header', { class: 'panel-head' }, h('h2', {}, 'Thread'), close),
    h('div', { class: 'thread-log scroll', role: 'log', 'aria-label': 'Thread', tabindex: 0 }),
    composer.element,
  );
  composer.focus();
}
