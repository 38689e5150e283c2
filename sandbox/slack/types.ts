/** Plain JSON as it came in: blocks, metadata, view payloads. */
export type Json = Record<string, unknown>;

export type SlackUser = {
  id: string;
  team_id: string;
  name: string;
  real_name: string;
  deleted: boolean;
  is_bot: boolean;
  is_restricted: boolean;
  is_ultra_restricted: boolean;
};

export type UserGroup = { id: string; handle: string; name: string; users: string[] };

export type Channel = {
  id: string;
  name: string;
  is_private: boolean;
  is_archived: boolean;
  is_im: boolean;
  /** The other person of a direct message. */
  user?: string;
  topic: { value: string; creator: string; last_set: number };
  purpose: { value: string; creator: string; last_set: number };
  creator: string;
  /** Seconds since the epoch. */
  created: number;
  members: string[];
  bookmarks: Json[];
};

export type Message = {
  channel: string;
  ts: string;
  thread_ts?: string;
  user: string;
  bot_id?: string;
  app_id?: string;
  text: string;
  subtype?: string;
  blocks?: Json[];
  attachments?: Json[];
  metadata?: Json;
  edited?: { user: string; ts: string };
  files?: Json[];
  reactions?: { name: string; users: string[]; count: number }[];
  pinned?: boolean;
  /** Set on an ephemeral message: the one person who sees it. */
  ephemeral?: string;
  reply_broadcast?: boolean;
};

export type View = {
  id: string;
  type: 'modal' | 'home';
  /** Whose screen it is on. */
  user: string;
  callback_id: string;
  external_id: string;
  private_metadata: string;
  title?: Json;
  submit?: Json | null;
  close?: Json | null;
  blocks: Json[];
  hash: string;
  notify_on_close: boolean;
  clear_on_close: boolean;
  submit_disabled: boolean;
  root_view_id: string;
  previous_view_id: string | null;
  /** What the person has typed and chosen so far: block_id → action_id → value as in `state.values`. */
  state: Record<string, Record<string, Json>>;
};

export type StoredFile = {
  id: string;
  name: string;
  title: string;
  mimetype: string;
  size: number;
  user: string;
  created: number;
  /** Base64. */
  content: string;
  channels: string[];
};
