import { channelOf, channelTitle } from './directory.ts';
import { byId, h } from './dom.ts';
import { clock, dayOf, renderMessage } from './message-item.ts';
import type { MessageLook } from './message-item.ts';
import { isReply, isSystem } from './message-kinds.ts';
import { currentChannelId, dismissNotice, messagesOf, state } from './store.ts';
import type { Notice } from './store.ts';
import { renderSystem } from './system-line.ts';
import type { Message } from './types.ts';

/** Messages of one author within this many seconds stand under one name. */
const TOGETHER_SECONDS = 300;

interface Row {
  key: string;
  signature: string;
  /** What the person did or was told alone: the list goes to it when it comes. */
  own?: boolean;
  draw: () => HTMLElement;
}

/** Draws the channel's messages; only rows that changed are replaced, so what is being used stays put. */
export function drawMessages(): void {
  const log = byId('messages');
  const channel = currentChannelId();
  const where = `${state.as}/${channel ?? ''}`;
  const moved = log.dataset['channel'] !== where;
  const followed = moved || belowView() < 80;
  if (moved) log.replaceChildren();
  log.dataset['channel'] = where;
  if (channel === null) return;
  const rows = rowsOf(channel);
  const answered = isNewAnswer(log, rows.at(-1));
  const changed = reconcile(log, rows);
  if (moved || answered || (followed && changed)) byId('scroll').scrollTop = byId('scroll').scrollHeight;
  else if (changed && belowView() > 80) byId('to-bottom').hidden = false;
}

function belowView(): number {
  const { scrollHeight, scrollTop, clientHeight } = byId('scroll');
  return scrollHeight - scrollTop - clientHeight;
}

function isNewAnswer(log: HTMLElement, last: Row | undefined): boolean {
  const isNew = last?.key !== log.dataset['last'];
  log.dataset['last'] = last?.key ?? '';
  return isNew && last?.own === true;
}

export function setUpScroll(): void {
  const scroller = byId('scroll');
  const button = byId('to-bottom');
  button.addEventListener('click', () => {
    scroller.scrollTop = scroller.scrollHeight;
    button.hidden = true;
  });
  scroller.addEventListener('scroll', () => {
    if (belowView() < 40) button.hidden = true;
  });
}

/** Brings the children of `box` in line with `rows`, by key. Returns whether anything changed. */
export function reconcile(box: HTMLElement, rows: readonly Row[]): boolean {
  const known = new Map(
    [...box.children]
      .filter((child) => child instanceof HTMLElement)
      .map((child) => [child.dataset['key'], child]),
  );
  let changed = known.size !== rows.length;
  for (const [index, row] of rows.entries()) {
    const old = known.get(row.key);
    const fits = old?.dataset['signature'] === row.signature;
    const node = fits && old !== undefined ? old : drawRow(row, old);
    if (!fits) changed = true;
    if (old !== undefined && node !== old) old.replaceWith(node);
    if (box.children[index] !== node) box.insertBefore(node, box.children[index] ?? null);
    known.delete(row.key);
  }
  for (const gone of known.values()) gone.remove();
  return changed;
}

function drawRow(row: Row, old: HTMLElement | undefined): HTMLElement {
  const node = row.draw();
  node.dataset['key'] = row.key;
  node.dataset['signature'] = row.signature;
  const focused = old?.contains(document.activeElement) === true ? document.activeElement : null;
  if (focused instanceof HTMLElement) queueMicrotask(() => focusAgain(node, focused));
  return node;
}

/** A card that is drawn again under somebody's hands gives the focus to the same element. */
function focusAgain(node: HTMLElement, before: HTMLElement): void {
  const action =
    before.dataset['actionId'] ?? before.closest<HTMLElement>('[data-action-id]')?.dataset['actionId'];
  if (action === undefined) return;
  const same = node.querySelector<HTMLElement>(`[data-action-id="${CSS.escape(action)}"]`);
  const value = before instanceof HTMLInputElement ? before.value : null;
  const inner =
    value === null ? null : same?.querySelector<HTMLElement>(`input[value="${CSS.escape(value)}"]`);
  (inner ?? same)?.focus();
}

function rowsOf(channel: string): Row[] {
  const messages = messagesOf(channel);
  const rows: Row[] = messages.length === 0 ? [emptyRow(channel)] : [];
  const replies = countReplies(messages);
  let before: Message | null = null;
  let system: Message[] = [];
  for (const message of messages.filter((each) => !isReply(each))) {
    const newDay = before === null || dayOf(before.ts) !== dayOf(message.ts);
    if (system.length > 0 && (newDay || !isSystem(message))) rows.push(systemRow(system));
    if (newDay || !isSystem(message)) system = [];
    if (newDay) rows.push(dayRow(message.ts));
    if (isSystem(message)) system = [...system, message];
    else
      rows.push(
        messageRow(message, {
          channel,
          compact: goesWith(message, before),
          replies: replies.get(message.ts) ?? 0,
          inThread: false,
        }),
      );
    before = message;
  }
  if (system.length > 0) rows.push(systemRow(system));
  return [...rows, ...state.notices.filter((notice) => notice.channel === channel).map(noticeRow)];
}

function countReplies(messages: readonly Message[]): Map<string, number> {
  const replies = new Map<string, number>();
  for (const { ts, thread_ts: thread } of messages) {
    if (thread !== undefined && thread !== ts) replies.set(thread, (replies.get(thread) ?? 0) + 1);
  }
  return replies;
}

function messageRow(message: Message, look: MessageLook): Row {
  return {
    key: message.ts,
    own: message.user === state.as || Boolean(message.ephemeral),
    signature: JSON.stringify([message, look, state.as, state.workspace?.channels.length]),
    draw: () => renderMessage(message, look),
  };
}

function systemRow(messages: readonly Message[]): Row {
  return {
    key: messages[0]?.ts ?? '',
    signature: JSON.stringify(messages),
    draw: () => renderSystem(messages),
  };
}

function goesWith(message: Message, before: Message | null): boolean {
  if (before === null || isSystem(before)) return false;
  const sameAuthor =
    message.user === before.user && message.bot_id === before.bot_id && message.username === before.username;
  const plain =
    message.bot_id === undefined && !message.ephemeral && !before.ephemeral && message.pinned !== true;
  return (
    sameAuthor &&
    plain &&
    Number(message.ts) - Number(before.ts) < TOGETHER_SECONDS &&
    dayOf(message.ts) === dayOf(before.ts)
  );
}

function dayRow(ts: string): Row {
  const day = dayOf(ts);
  const today = dayOf(String(Date.now() / 1000));
  const words =
    day === today
      ? 'Today'
      : new Date(Number(ts) * 1000).toLocaleDateString('en-GB', {
          weekday: 'long',
          day: 'numeric',
          month: 'long',
        });
  return {
    key: `day-${day}`,
    signature: words,
    draw: () => h('div', { class: 'day', role: 'separator', 'aria-label': words }, h('span', {}, words)),
  };
}

function emptyRow(channel: string): Row {
  const known = channelOf(channel);
  const title = known === undefined ? '' : channelTitle(known);
  const hint =
    title === 'incidents'
      ? 'Incidents are announced here. Fire an alert in the Alerts panel, or type /incident declare.'
      : 'Write the first message, or type / to see the commands.';
  return {
    key: 'empty',
    signature: title,
    draw: () => h('div', { class: 'empty' }, h('strong', {}, `Nothing in ${title} yet`), h('p', {}, hint)),
  };
}

function noticeRow(notice: Notice): Row {
  return {
    key: `notice-${String(notice.id)}`,
    signature: notice.text,
    own: true,
    draw: () =>
      h(
        'div',
        { class: 'notice', role: 'alert', 'data-testid': 'notice' },
        h(
          'p',
          {},
          h('span', { class: 'quiet' }, `Only visible to you · ${clock(String(Date.now() / 1000))} `),
          h('br'),
          notice.text,
        ),
        h(
          'button',
          { type: 'button', class: 'button small', onclick: () => dismissNotice(notice.id) },
          'Dismiss',
        ),
      ),
  };
}
