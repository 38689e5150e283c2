import { joinChannel } from './actions.ts';
import { avatar, channelOf, channelTitle, isMember, nameOf, topicOf } from './directory.ts';
import { byId, h, replace } from './dom.ts';
import { channelSign } from './channel-sign.ts';
import { sign } from './icons.ts';
import { plainString, renderPlain } from './mrkdwn-dom.ts';
import { inBackground } from './refresh.ts';
import { currentChannelId, messagesOf, state } from './store.ts';
import type { Channel } from './types.ts';

/** Name, topic, pins and members of the channel on screen. */
export function drawHeader(): void {
  const box = byId('channel-info');
  const channel = channelOf(currentChannelId());
  if (state.place.kind === 'home')
    replace(box, h('h1', {}, 'Tocsin'), h('p', { class: 'topic' }, 'App home'));
  else if (channel === undefined) replace(box, h('h1', {}, 'No channel'));
  else
    replace(
      box,
      h(
        'div',
        { class: 'channel-line' },
        h('h1', {}, channelSign(channel), ` ${channelTitle(channel)}`),
        members(channel),
        pins(channel),
      ),
      h('p', { class: 'topic' }, ...renderPlain(topicOf(channel))),
    );
}

export function headerSignature(): string {
  const channel = channelOf(currentChannelId());
  const pinned = messagesOf(channel?.id ?? '')
    .filter((message) => message.pinned === true)
    .map((message) => message.ts);
  return JSON.stringify([state.place, channel, state.as, pinned]);
}

/** In a channel one is not in, the composer makes room for a way in. */
export function drawJoin(): void {
  const channel = channelOf(currentChannelId());
  const outside = channel !== undefined && !isMember(channel, state.as);
  const archived = channel?.is_archived === true;
  byId('composer').hidden = channel === undefined || outside || archived;
  const bar = byId('join');
  bar.hidden = !outside && !archived;
  if (channel === undefined || bar.hidden) return;
  if (archived) replace(bar, h('span', {}, 'This channel is archived.'));
  else
    replace(
      bar,
      h('span', {}, `You are looking at #${channel.name} without being in it.`),
      h(
        'button',
        {
          type: 'button',
          class: 'button primary',
          'data-testid': 'join',
          onclick: () => inBackground(joinChannel(channel.id)),
        },
        'Join channel',
      ),
    );
}

function members(channel: Channel): HTMLElement {
  const ids = channel.members ?? [];
  const list = h(
    'ul',
    { class: 'popover' },
    ...ids.map((id) => h('li', {}, avatar(id, 'small'), nameOf(id))),
  );
  return h(
    'details',
    { class: 'members' },
    h('summary', { 'aria-label': `${String(ids.length)} members` }, sign('people'), ` ${String(ids.length)}`),
    list,
  );
}

function pins(channel: Channel): HTMLElement | null {
  const pinned = messagesOf(channel.id).filter((message) => message.pinned === true);
  if (pinned.length === 0) return null;
  const items = pinned.map((message) =>
    h(
      'li',
      {},
      h(
        'button',
        { type: 'button', class: 'link', onclick: () => showMessage(message.ts) },
        plainString(message.text).slice(0, 80) || 'A card',
      ),
    ),
  );
  return h(
    'details',
    { class: 'members' },
    h(
      'summary',
      { 'aria-label': `${String(pinned.length)} pinned` },
      sign('pin'),
      ` ${String(pinned.length)}`,
    ),
    h('ul', { class: 'popover' }, ...items),
  );
}

function showMessage(ts: string): void {
  const row = document.querySelector(`[data-testid="message-${CSS.escape(ts)}"]`);
  row?.scrollIntoView({ block: 'center' });
  row?.classList.add('flash');
  row?.addEventListener('animationend', () => row.classList.remove('flash'), { once: true });
}
