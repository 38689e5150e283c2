import { h } from './dom.ts';
import { state } from './store.ts';
import type { Channel, User, UserGroup } from './types.ts';

/** Who and what an id stands for. */

export function userOf(id: string | undefined): User | undefined {
  return state.workspace?.users.find((user) => user.id === id);
}

export function channelOf(id: string | null | undefined): Channel | undefined {
  return state.workspace?.channels.find((channel) => channel.id === id);
}

export function groupOf(id: string): UserGroup | undefined {
  return state.workspace?.usergroups.find((group) => group.id === id);
}

export function nameOf(id: string, label: string | null = null): string {
  if (id === 'USLACKBOT') return 'Slackbot';
  const user = userOf(id);
  return user?.profile?.display_name || user?.real_name || user?.name || label || id;
}

/** The people one can act as: members of this workspace who may log in. */
export function people(): User[] {
  const { users, team } = state.workspace ?? { users: [], team: { id: '' } };
  return users.filter(
    (user) =>
      !user.is_bot &&
      !user.deleted &&
      !user.is_restricted &&
      !user.is_ultra_restricted &&
      (user.team_id ?? team.id) === team.id,
  );
}

export function isManager(id: string): boolean {
  return groupOf('S0MANAGERS')?.users?.includes(id) ?? false;
}

export function isMember(channel: Channel, user: string): boolean {
  return channel.members?.includes(user) ?? false;
}

/** What a channel is called for the person looking: a direct message is called after the other one. */
export function channelTitle(channel: Channel): string {
  if (channel.is_im !== true) return channel.name;
  const other =
    channel.user !== undefined && channel.user !== state.as
      ? channel.user
      : channel.members?.find((member) => member !== state.as);
  return other === undefined ? channel.name : nameOf(other);
}

export function topicOf(channel: Channel): string {
  const { topic, purpose } = channel;
  const text = typeof topic === 'string' ? topic : topic?.value;
  return text || (typeof purpose === 'string' ? purpose : purpose?.value) || '';
}

/** A round mark with the person's initials; the bot has a bell. */
export function avatar(id: string | undefined, size: 'small' | 'normal' = 'normal'): HTMLElement {
  const user = userOf(id);
  const bot = user?.is_bot === true || (user === undefined && (id ?? '').startsWith('B'));
  const name = bot ? '' : nameOf(id ?? '?');
  const initials = name
    .split(/\s+/)
    .map((word) => word.charAt(0))
    .slice(0, 2)
    .join('')
    .toUpperCase();
  const tint = bot ? 'bot' : tintOf(id ?? '');
  return h(
    'span',
    { class: `avatar avatar-${size} tint-${tint}`, 'aria-hidden': 'true' },
    bot ? bellIcon() : initials || '?',
  );
}

/** One of six grounds, always the same one for the same person. */
function tintOf(id: string): string {
  let sum = 0;
  for (let at = 0; at < id.length; at += 1) sum += id.charCodeAt(at);
  return String(sum % 6);
}

function bellIcon(): HTMLElement {
  return h('img', { src: '/page/bell.svg', alt: '', width: 20, height: 20 });
}
