import { actAs, openHome } from './actions.ts';
import { channelSign } from './channel-sign.ts';
import { avatar, channelTitle, isManager, isMember, people } from './directory.ts';
import { byId, h, replace } from './dom.ts';
import { closePanels } from './layout.ts';
import { openChannel, unreadIn } from './navigation.ts';
import { inBackground, visible } from './refresh.ts';
import { currentChannelId, state } from './store.ts';
import type { Channel, User } from './types.ts';

/** Workspace, who one is, and where one can go. */
export function drawSidebar(): void {
  const workspace = state.workspace;
  if (workspace === null) return;
  byId('workspace-name').textContent = workspace.team.name;
  drawPerson();
  const focused = document.activeElement?.closest<HTMLElement>('#channels [data-testid]')?.dataset['testid'];
  const mine = workspace.channels.filter(
    (channel) => channel.is_im !== true && isMember(channel, state.as) && channel.is_archived !== true,
  );
  const others = workspace.channels.filter(
    (channel) =>
      channel.is_im !== true &&
      visible(channel) &&
      !isMember(channel, state.as) &&
      channel.is_archived !== true,
  );
  const direct = workspace.channels.filter(
    (channel) => channel.is_im === true && isMember(channel, state.as),
  );
  const archived = workspace.channels.filter((channel) => channel.is_archived === true && visible(channel));
  replace(
    byId('channels'),
    group('Channels', mine.sort(order)),
    group('Other channels', others.sort(order)),
    group('Direct messages', direct),
    group('Archived', archived),
    h('h2', {}, 'Apps'),
    h('ul', {}, h('li', {}, homeLink())),
  );
  if (focused !== undefined)
    byId('channels')
      .querySelector<HTMLElement>(`[data-testid="${CSS.escape(focused)}"]`)
      ?.focus();
}

export function sidebarSignature(): string {
  const { workspace, as, place } = state;
  const channels = workspace?.channels.map((channel) => [
    channel.id,
    channel.name,
    channel.is_archived,
    channel.is_private,
    channel.members,
    unreadIn(channel.id),
  ]);
  return JSON.stringify([workspace?.team, workspace?.users.length, channels, as, place]);
}

/** How many calls wait elsewhere: the mark on the button that opens the sidebar on a phone. */
export function drawUnreadTotal(): void {
  const channels = state.workspace?.channels.filter((channel) => isMember(channel, state.as)) ?? [];
  const total = channels.filter((channel) => unreadIn(channel.id).count > 0).length;
  byId('unread-total').textContent = total > 0 ? String(total) : '';
  const name = state.workspace?.team.name ?? 'Sandbox';
  document.title = total > 0 ? `(${String(total)}) ${name}` : name;
}

/** Drawn again only for other people, so that an open list stays open while channels come and go. */
function drawPerson(): void {
  const box = byId('person');
  const signature = `${state.as} ${people()
    .map((user) => user.id)
    .join(' ')}`;
  if (box.dataset['signature'] === signature) return;
  box.dataset['signature'] = signature;
  const select = h('select', {
    id: 'act-as',
    'data-testid': 'act-as',
    'aria-describedby': 'act-as-label',
    'aria-label': 'Act as',
  });
  const all = people();
  select.append(
    h('optgroup', { label: 'Responders' }, ...all.filter((user) => !isManager(user.id)).map(personOption)),
    h('optgroup', { label: 'Managers' }, ...all.filter((user) => isManager(user.id)).map(personOption)),
  );
  select.value = state.as;
  select.addEventListener('change', () => inBackground(actAs(select.value)));
  const focused = document.activeElement?.id === 'act-as';
  replace(
    box,
    avatar(state.as),
    h(
      'div',
      { class: 'person-words' },
      h('label', { for: 'act-as', id: 'act-as-label' }, 'You act as'),
      select,
    ),
  );
  if (focused) select.focus();
}

function personOption(user: User): HTMLElement {
  return h('option', { value: user.id }, user.real_name ?? user.name);
}

function group(title: string, channels: readonly Channel[]): DocumentFragment | null {
  if (channels.length === 0) return null;
  const fragment = document.createDocumentFragment();
  fragment.append(
    h('h2', {}, title),
    h('ul', {}, ...channels.map((channel) => h('li', {}, channelLink(channel)))),
  );
  return fragment;
}

function channelLink(channel: Channel): HTMLElement {
  const unread = isMember(channel, state.as) ? unreadIn(channel.id) : { count: 0, mentions: 0 };
  const here = currentChannelId() === channel.id;
  const classes = ['channel', here ? 'here' : '', unread.count > 0 ? 'unread' : ''].filter(Boolean).join(' ');
  return h(
    'button',
    {
      type: 'button',
      class: classes,
      'data-testid': `channel-${channel.name}`,
      'aria-current': here ? 'page' : undefined,
      onclick: () => openChannel(channel.id),
    },
    h('span', { class: 'channel-sign', 'aria-hidden': 'true' }, channelSign(channel)),
    h('span', { class: 'channel-name' }, channelTitle(channel)),
    channel.is_private === true && channel.is_im !== true ? h('span', { class: 'sr' }, ' (private)') : null,
    unread.mentions > 0 ? h('span', { class: 'badge' }, String(unread.mentions)) : null,
    unread.count > 0 ? h('span', { class: 'sr' }, ` ${String(unread.count)} unread`) : null,
  );
}

function homeLink(): HTMLElement {
  const here = state.place.kind === 'home';
  const open = (): void => {
    closePanels();
    inBackground(openHome());
  };
  return h(
    'button',
    {
      type: 'button',
      class: `channel${here ? ' here' : ''}`,
      'data-testid': 'home',
      'aria-current': here ? 'page' : undefined,
      onclick: open,
    },
    h(
      'span',
      { class: 'channel-sign', 'aria-hidden': 'true' },
      h('img', { src: '/page/bell.svg', alt: '', width: 16, height: 16 }),
    ),
    h('span', { class: 'channel-name' }, 'Tocsin'),
  );
}

/** Steady channels first, then incidents, the newest on top. */
function order(a: Channel, b: Channel): number {
  const rank = (channel: Channel): number => (channel.name.startsWith('inc-') ? 1 : 0);
  return (
    rank(a) - rank(b) ||
    (rank(a) === 1
      ? (b.created ?? 0) - (a.created ?? 0) || b.name.localeCompare(a.name, 'en', { numeric: true })
      : a.name.localeCompare(b.name))
  );
}
