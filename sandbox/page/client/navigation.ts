import { closePanels } from './layout.ts';
import { messagesOf, save, state, update } from './store.ts';
import { isReply, isSystem } from './message-kinds.ts';
import type { Message } from './types.ts';

/** Where the person is looking. */
export function openChannel(id: string): void {
  save('channel', id);
  update({ place: { kind: 'channel', id }, thread: null });
  markRead(id);
  closePanels();
}

export function openThread(ts: string): void {
  update({ thread: ts });
}

export function closeThread(): void {
  update({ thread: null });
}

/** Everything in the channel counts as seen by the person on screen. */
export function markRead(channel: string): void {
  const last = messagesOf(channel).at(-1)?.ts;
  const key = `${state.as}/${channel}`;
  if (last === undefined || (state.read[key] ?? '') >= last) return;
  const read = { ...state.read, [key]: last };
  save('read', JSON.stringify(read));
  update({ read });
}

export interface Unread {
  count: number;
  mentions: number;
}

/** What came in since the person last looked, and how much of it calls them by name, group or everyone. */
export function unreadIn(channel: string): Unread {
  const since = state.read[`${state.as}/${channel}`] ?? '';
  const fresh = messagesOf(channel).filter(
    (message) => message.ts > since && message.user !== state.as && !isReply(message) && !isSystem(message),
  );
  return { count: fresh.length, mentions: fresh.filter(mentionsMe).length };
}

function mentionsMe(message: Message): boolean {
  const text = message.text + JSON.stringify(message.blocks ?? []);
  if (text.includes(`<@${state.as}>`) || /<!(?:here|channel|everyone)\b/.test(text)) return true;
  const groups = state.workspace?.usergroups.filter((group) => group.users?.includes(state.as)) ?? [];
  return groups.some((group) => text.includes(`<!subteam^${group.id}`));
}
