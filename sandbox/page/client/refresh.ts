import { getAlerts, getMessages, getState, getViews, SandboxError } from './api.ts';
import { channelOf, isMember } from './directory.ts';
import { markRead } from './navigation.ts';
import { currentChannelId, state, update } from './store.ts';
import type { Channel } from './types.ts';

/** Reads from the sandbox into the state. A late answer for another person is thrown away. */

export async function refreshWorkspace(): Promise<void> {
  const workspace = await getState();
  update({ workspace, fault: null });
  const known = currentChannelId();
  if (known !== null && !visible(channelOf(known))) {
    const first =
      workspace.channels.find((channel) => channel.name === 'incidents') ??
      workspace.channels.find((channel) => visible(channel));
    if (first !== undefined) update({ place: { kind: 'channel', id: first.id }, thread: null });
  }
}

export async function refreshMessages(channel: string): Promise<void> {
  const as = state.as;
  if (!visible(channelOf(channel))) return;
  const messages = await latest(channel, () => getMessages(channel, as));
  if (messages === null || as !== state.as) return;
  update({ messages: new Map(state.messages).set(channel, messages) });
  if (channel === currentChannelId() && document.visibilityState === 'visible') markRead(channel);
}

export async function refreshViews(): Promise<void> {
  const as = state.as;
  const views = await latest('views', () => getViews(as));
  if (views !== null && as === state.as) update({ views });
}

const started = new Map<string, number>();

/** Runs a read; null when a later read of the same thing has been started meanwhile, so an old answer never wins. */
async function latest<T>(what: string, read: () => Promise<T>): Promise<T | null> {
  const turn = (started.get(what) ?? 0) + 1;
  started.set(what, turn);
  const answer = await read();
  return started.get(what) === turn ? answer : null;
}

/** Everything: at the start, for another person, and when the live connection is back. */
export async function refreshAll(): Promise<void> {
  await refreshWorkspace();
  const channels = state.workspace?.channels.filter(visible) ?? [];
  await Promise.all([
    ...channels.map((channel) => refreshMessages(channel.id)),
    refreshViews(),
    refreshAlerts(),
  ]);
}

/** Runs a refresh; what goes wrong is shown on the page instead of being lost. */
export function inBackground(work: Promise<void>): void {
  work.catch((error: unknown) => {
    update({
      fault:
        error instanceof SandboxError
          ? error.message
          : `The page could not read the workspace: ${String(error)}`,
    });
  });
}

/** What the person may see at all: their own channels and every public one. */
export function visible(channel: Channel | undefined): channel is Channel {
  return (
    channel !== undefined &&
    (isMember(channel, state.as) || (channel.is_private !== true && channel.is_im !== true))
  );
}

/** The guides' alerts, and which of them are firing. */
export async function refreshAlerts(): Promise<void> {
  update({ alerts: await getAlerts() });
}
