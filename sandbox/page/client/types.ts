/** What the control API hands the page: the parts of Slack's objects that the page draws. */

export interface User {
  id: string;
  name: string;
  real_name?: string;
  team_id?: string;
  is_bot?: boolean;
  deleted?: boolean;
  is_restricted?: boolean;
  is_ultra_restricted?: boolean;
  profile?: { title?: string; display_name?: string; real_name?: string };
}

export interface Channel {
  id: string;
  name: string;
  is_private?: boolean;
  is_archived?: boolean;
  is_im?: boolean;
  /** The other one of a direct message. */
  user?: string;
  topic?: string | { value?: string };
  purpose?: string | { value?: string };
  creator?: string;
  created?: number;
  members?: string[];
}

export interface UserGroup {
  id: string;
  handle: string;
  name?: string;
  users?: string[];
}

export interface SlashCommand {
  command: string;
  description?: string;
  usage_hint?: string;
}

export interface Shortcut {
  callback_id: string;
  name: string;
  type: 'global' | 'message';
  description?: string;
}

export interface WorkspaceState {
  team: { id: string; name: string };
  me?: unknown;
  users: User[];
  channels: Channel[];
  usergroups: UserGroup[];
  commands: SlashCommand[];
  shortcuts: Shortcut[];
}

export interface TextObject {
  type: 'plain_text' | 'mrkdwn';
  text: string;
  verbatim?: boolean;
}

export interface Option {
  text: TextObject;
  value?: string;
  description?: TextObject;
  url?: string;
}

export interface OptionGroup {
  label: TextObject;
  options: Option[];
}

export interface Confirm {
  title?: TextObject;
  text?: TextObject;
  confirm?: TextObject;
  deny?: TextObject;
  style?: string;
}

/** Any Block Kit element, flattened: which fields are there depends on `type`. */
export interface Element {
  type: string;
  action_id?: string;
  text?: TextObject;
  value?: string;
  url?: string;
  style?: string;
  accessibility_label?: string;
  confirm?: Confirm;
  placeholder?: TextObject;
  options?: Option[];
  option_groups?: OptionGroup[];
  initial_option?: Option;
  initial_options?: Option[];
  initial_value?: string;
  initial_date?: string;
  initial_time?: string;
  initial_date_time?: number;
  initial_user?: string;
  initial_users?: string[];
  initial_channel?: string;
  initial_conversation?: string;
  multiline?: boolean;
  min_length?: number;
  max_length?: number;
  min_value?: string;
  max_value?: string;
  is_decimal_allowed?: boolean;
  image_url?: string;
  slack_file?: { url?: string; id?: string };
  alt_text?: string;
}

/** Any Block Kit block, flattened. */
export interface Block {
  type: string;
  block_id?: string;
  text?: TextObject | string;
  fields?: TextObject[];
  accessory?: Element;
  elements?: unknown[];
  element?: Element;
  label?: TextObject;
  hint?: TextObject;
  optional?: boolean;
  dispatch_action?: boolean;
  image_url?: string;
  slack_file?: { url?: string; id?: string };
  alt_text?: string;
  title?: TextObject;
  rows?: unknown[][];
  column_settings?: ({ align?: string; is_wrapped?: boolean } | null)[];
}

export interface Attachment {
  color?: string;
  text?: string;
  fallback?: string;
  blocks?: Block[];
}

export interface MessageFile {
  id: string;
  name: string;
  title?: string;
  mimetype?: string;
  filetype?: string;
  size?: number;
  url_private?: string;
  preview?: string;
}

export interface Message {
  ts: string;
  thread_ts?: string;
  subtype?: string;
  user?: string;
  bot_id?: string;
  username?: string;
  text: string;
  blocks?: Block[];
  /** The person's own choices in this message's elements. */
  state?: Record<string, Record<string, unknown>>;
  attachments?: Attachment[];
  edited?: unknown;
  /** The one person who sees it. */
  ephemeral?: string | boolean;
  files?: MessageFile[];
  reactions?: { name: string; users: string[]; count?: number }[];
  pinned?: boolean;
}

export interface View {
  id: string;
  type: 'modal' | 'home';
  title?: TextObject;
  submit?: TextObject | null;
  close?: TextObject | null;
  blocks: Block[];
  hash?: string;
  state?: { values?: Record<string, Record<string, unknown>> };
  callback_id?: string;
}

export interface Views {
  modals: View[];
  home: View | null;
}

/** The answer to anything that was delivered to Tocsin. */
export interface Delivery {
  status?: number;
  body?: unknown;
  ms?: number;
  error?: string;
  response_action?: string;
  errors?: Record<string, string>;
}

export interface GuideAlert {
  id: string;
  title: string;
  guide: string;
  severity: string;
  firing?: boolean;
  payload?: { alerts?: { annotations?: { summary?: string } }[] };
}

export interface LiveEvent {
  type: string;
  channel?: string | { id?: string };
  user?: string;
  ts?: string;
}

export interface Deployment {
  namespace: string;
  name: string;
  image: string;
  desired: number;
  replicas: number;
  updated: number;
  ready: number;
  paused: boolean;
  trouble: { crash?: boolean; stall?: boolean };
}

export interface Pod {
  namespace: string;
  name: string;
  deployment: string;
  status: string;
  ready: boolean;
  restarts: number;
}

export interface Cluster {
  deployments: Deployment[];
  pods: Pod[];
}
