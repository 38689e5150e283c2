import { fileURLToPath } from 'node:url';

import type { Collection, Journal } from '../journal.ts';
import type { SandboxSettings } from '../settings.ts';
import { createLimiter, type Limiter } from './limiter.ts';
import { readManifest, type AppManifest } from './manifest.ts';
import { createMessageStore, type MessageStore } from './messages.ts';
import { BOT_USER_ID, FIRST_CHANNELS, PEOPLE, TEAM, USER_GROUPS } from './personas.ts';
import { createSocketHub, type SocketHub } from './socket-hub.ts';
import type { Channel, Json, SlackUser, StoredFile, UserGroup, View } from './types.ts';

export type ResponseUrl = {
  id: string;
  user: string;
  channel: string;
  /** The message that the click was on, if any; `ephemeral` when only that person saw it. */
  ts?: string;
  ephemeral?: boolean;
  uses: number;
  /** Milliseconds since the epoch. */
  created: number;
};

/** A file between its upload address and its completion. */
export type Upload = { id: string; name: string; size: number; content?: string; mimetype?: string };

export type Trigger = {
  /** Milliseconds since the epoch. */
  issued: number;
  user: string;
  /** The view that the person was in, for views.push. */
  viewId?: string;
  used: boolean;
};

export type SlackState = {
  users: Collection<SlackUser>;
  usergroups: Collection<UserGroup>;
  channels: Collection<Channel>;
  messages: MessageStore;
  views: Collection<View>;
  files: Collection<StoredFile>;
  uploads: Collection<Upload>;
  responseUrls: Collection<ResponseUrl>;
  /** What each person chose in elements of messages; see selections.ts. */
  selections: Collection<Json>;
  /** trigger_id → when it was issued and to whom; short-lived, so not journaled. */
  triggers: Map<string, Trigger>;
  limiter: Limiter;
  manifest: AppManifest;
  sockets: SocketHub;
  /** Whose turn it is among the HTTP receivers. */
  httpTurn: number;
  /** Puts the people, groups and first channels back where they are missing. */
  seed: () => void;
};

const ROOT_MANIFEST = fileURLToPath(new URL('../../manifest.yml', import.meta.url));

/** The workspace as replayed from the journal, with its fixed people and channels. */
export function createSlackState(journal: Journal, settings: SandboxSettings, now: () => number): SlackState {
  const state: SlackState = {
    users: journal.collection('slack.users'),
    usergroups: journal.collection('slack.usergroups'),
    channels: journal.collection('slack.channels'),
    messages: createMessageStore(journal, now),
    views: journal.collection('slack.views'),
    files: journal.collection('slack.files'),
    uploads: journal.collection('slack.uploads'),
    responseUrls: journal.collection('slack.response_urls'),
    selections: journal.collection('slack.selections'),
    triggers: new Map(),
    limiter: createLimiter(settings.limitScale, now),
    manifest: readManifest(settings.manifestFile ?? ROOT_MANIFEST),
    sockets: createSocketHub(),
    httpTurn: 0,
    seed: () => seed(state, now),
  };
  state.seed();
  return state;
}

function seed(state: SlackState, now: () => number): void {
  for (const user of PEOPLE) if (!state.users.get(user.id)) state.users.set(user.id, user);
  for (const group of USER_GROUPS) if (!state.usergroups.get(group.id)) state.usergroups.set(group.id, group);
  const members = PEOPLE.filter((user) => !user.deleted && user.team_id === TEAM.id).map((user) => user.id);
  for (const { id, name, creator, purpose } of FIRST_CHANNELS) {
    if (state.channels.get(id)) continue;
    const people = id === 'C0INCIDENTS' ? members : members.filter((member) => member !== BOT_USER_ID);
    const created = Math.floor(now() / 1000);
    state.channels.set(id, {
      ...newChannel({ id, name, creator, created }),
      members: people,
      purpose: { value: purpose, creator, last_set: created },
    });
  }
}

/** A public channel with nothing in it but its creator. */
export function newChannel(facts: Pick<Channel, 'id' | 'name' | 'creator' | 'created'>): Channel {
  return {
    ...facts,
    is_private: false,
    is_archived: false,
    is_im: false,
    topic: { value: '', creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    members: [facts.creator],
    bookmarks: [],
  };
}
