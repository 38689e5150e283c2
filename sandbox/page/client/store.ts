import type { GuideAlert, Message, Views, WorkspaceState } from './types.ts';

/** A line that only the page shows: something that could not be delivered. */
export interface Notice {
  id: number;
  channel: string;
  text: string;
}

export type Place = { kind: 'channel'; id: string } | { kind: 'home' };

export interface AppState {
  workspace: WorkspaceState | null;
  /** The person whose screen this is. */
  as: string;
  place: Place;
  /** The open thread's first message, if any. */
  thread: string | null;
  messages: ReadonlyMap<string, readonly Message[]>;
  views: Views;
  /** Last read timestamp by `as/channel`. */
  read: Readonly<Record<string, string>>;
  notices: readonly Notice[];
  alerts: readonly GuideAlert[];
  /** The sandbox itself: is the live connection up? */
  online: boolean;
  fault: string | null;
  /** Slow replies: how many deliveries to Tocsin are under way. */
  waiting: number;
}

export const state: AppState = {
  workspace: null,
  as: load('as') ?? 'U0ANA',
  place: { kind: 'channel', id: load('channel') ?? '' },
  thread: null,
  messages: new Map(),
  views: { modals: [], home: null },
  read: readMarks(),
  notices: [],
  alerts: [],
  online: true,
  fault: null,
  waiting: 0,
};

const listeners = new Set<() => void>();
let scheduled = false;

/** Changes the state; everything on the page is drawn again soon, once for many changes. */
export function update(change: Partial<AppState>): void {
  Object.assign(state, change);
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    for (const listener of listeners) listener();
  });
}

export function subscribe(listener: () => void): void {
  listeners.add(listener);
}

/** Wraps a drawing function so that it runs only when what it draws has changed. */
export function whenChanged(signature: () => string, draw: () => void): () => void {
  let drawn: string | null = null;
  return () => {
    const next = signature();
    if (next === drawn) return;
    drawn = next;
    draw();
  };
}

let notices = 0;

export function addNotice(channel: string, text: string): void {
  notices += 1;
  update({ notices: [...state.notices, { id: notices, channel, text }].slice(-20) });
}

export function dismissNotice(id: number): void {
  update({ notices: state.notices.filter((notice) => notice.id !== id) });
}

export function currentChannelId(): string | null {
  return state.place.kind === 'channel' ? state.place.id : null;
}

export function messagesOf(channel: string): readonly Message[] {
  return state.messages.get(channel) ?? [];
}

/** Remembers a small choice across reloads; a browser that forbids storage just forgets it. */
export function save(name: string, value: string): void {
  try {
    localStorage.setItem(`sandbox.${name}`, value);
  } catch {
    // Private windows may refuse storage; the page works without it.
  }
}

export function load(name: string): string | null {
  try {
    return localStorage.getItem(`sandbox.${name}`);
  } catch {
    return null;
  }
}

function readMarks(): Record<string, string> {
  try {
    const stored: unknown = JSON.parse(load('read') ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    return Object.fromEntries(
      Object.entries(stored).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return {};
  }
}
