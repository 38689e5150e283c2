import { inBackground, refreshAll, refreshMessages, refreshViews, refreshWorkspace } from './refresh.ts';
import { state, update } from './store.ts';
import type { LiveEvent } from './types.ts';

/** Events of a burst are answered by one read of each thing that changed. */
const GATHER_MS = 25;

interface Pending {
  workspace: boolean;
  views: boolean;
  all: boolean;
  channels: Set<string>;
}

const clusterListeners = new Set<() => void>();

export function onCluster(listener: () => void): void {
  clusterListeners.add(listener);
}

/** How long to wait before a connection that the browser gave up is opened anew. */
const REOPEN_MS = 2000;

/** Follows GET /control/events; when the connection is back after a break, everything is read again. */
export function followEvents(): void {
  let pending: Pending | null = null;
  const source = new EventSource('/control/events');
  source.addEventListener('open', () => {
    if (!state.online) update({ online: true });
    inBackground(refreshAll());
  });
  source.addEventListener('error', () => {
    update({ online: false });
    // The browser tries again by itself, but not after an answer that was no event stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(followEvents, REOPEN_MS);
  });
  source.addEventListener('message', (message: MessageEvent<string>) => {
    const event: LiveEvent = JSON.parse(message.data);
    if (pending === null) {
      pending = { workspace: false, views: false, all: false, channels: new Set() };
      setTimeout(() => {
        const due = pending;
        pending = null;
        if (due !== null) inBackground(flush(due));
      }, GATHER_MS);
    }
    note(event, pending);
  });
}

function note(event: LiveEvent, pending: Pending): void {
  const channel = typeof event.channel === 'string' ? event.channel : event.channel?.id;
  if (event.type === 'cluster') for (const listener of clusterListeners) listener();
  else if (event.type === 'reset') pending.all = true;
  else if (event.type === 'view' || event.type === 'home') pending.views = true;
  else if (event.type === 'channel' || event.type === 'user') pending.workspace = true;
  if (channel !== undefined) pending.channels.add(channel);
}

async function flush(due: Pending): Promise<void> {
  if (due.all) {
    update({ messages: new Map(), read: {} });
    await refreshAll();
    return;
  }
  const unknown = [...due.channels].some((id) =>
    state.workspace?.channels.every((channel) => channel.id !== id),
  );
  if (due.workspace || unknown) await refreshWorkspace();
  await Promise.all([...[...due.channels].map(refreshMessages), ...(due.views ? [refreshViews()] : [])]);
}
