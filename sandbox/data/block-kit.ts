import { readFileSync } from 'node:fs';

type Bound = { min_length?: number; max_length?: number; min_items?: number; max_items?: number };
type Limits = Record<string, Record<string, Bound & { min?: number; max?: number; item_max_length?: number }> & Bound>;

/** What one field may hold. Lengths are in characters. */
export type Rule =
  | { is: 'text'; style: 'plain_text' | 'any'; max: number }
  | { is: 'string'; min?: number; max?: number }
  | { is: 'boolean' | 'number' | 'anything' }
  | { is: 'enum'; of: readonly string[] }
  | { is: 'object'; shape: Shape }
  | { is: 'element'; of: readonly string[] }
  | { is: 'list'; item: Rule; min: number; max: number };

export type Shape = {
  fields: Readonly<Record<string, Rule>>;
  required: readonly string[];
  /** At least one of these is there. */
  oneOf?: readonly string[];
};

export type BlockShape = Shape & { surfaces: readonly ('message' | 'modal' | 'home')[] };

const LIMITS: Limits = JSON.parse(readFileSync(new URL('./slack-blockkit-limits.json', import.meta.url), 'utf8'));

export const MESSAGE_BLOCKS = 50;
export const VIEW_BLOCKS = most('view', 'blocks');
/** Not in the reference: beyond it a message answers msg_blocks_too_long. */
export const MESSAGE_TEXT_SUM = 13_200;

const plain = (of: string, field: string): Rule => ({ is: 'text', style: 'plain_text', max: longest(of, field) });
const any = (max: number): Rule => ({ is: 'text', style: 'any', max });
const string = (max: number, min = 0): Rule => ({ is: 'string', min, max });
const flag: Rule = { is: 'boolean' };
const number: Rule = { is: 'number' };
const anything: Rule = { is: 'anything' };
const id: Rule = string(255, 1);

const CONFIRM: Rule = object({
  required: ['title', 'text'],
  fields: {
    title: plain('confirmation', 'title'),
    text: any(longest('confirmation', 'text')),
    confirm: plain('confirmation', 'confirm'),
    deny: plain('confirmation', 'deny'),
    style: { is: 'enum', of: ['primary', 'danger'] },
  },
});

const OPTION: Rule = object({
  required: ['text', 'value'],
  fields: {
    text: any(longest('option', 'text')),
    value: string(longest('option', 'value'), 1),
    description: any(longest('option', 'description')),
    url: string(longest('option', 'url')),
  },
});

const PLACEHOLDER = plain('select', 'placeholder');
const options = (max: number, min = 1): Rule => ({ is: 'list', item: OPTION, min, max });
const texts: Rule = { is: 'list', item: string(255, 1), min: 1, max: 100 };

const GROUPS: Rule = {
  is: 'list',
  min: 1,
  max: most('select', 'option_groups'),
  item: object({
    required: ['label', 'options'],
    fields: { label: plain('option_group', 'label'), options: options(most('option_group', 'options')) },
  }),
};

const input = { action_id: id, focus_on_load: flag };
const chooser = { ...input, confirm: CONFIRM, placeholder: PLACEHOLDER };
const many = { ...chooser, max_selected_items: number };
const lists = { options: options(most('select', 'options')), option_groups: GROUPS };
const typed = { ...input, placeholder: PLACEHOLDER, dispatch_action_config: anything };

/** Interactive elements and the image, by type; the type itself is left out. */
export const ELEMENTS: Readonly<Record<string, Shape>> = {
  button: {
    required: ['text'],
    fields: {
      action_id: id,
      text: plain('button', 'text'),
      url: string(longest('button', 'url')),
      value: string(longest('button', 'value')),
      style: { is: 'enum', of: ['primary', 'danger'] },
      confirm: CONFIRM,
      accessibility_label: string(longest('button', 'accessibility_label')),
    },
  },
  checkboxes: {
    required: ['options'],
    fields: { ...input, confirm: CONFIRM, options: options(most('checkboxes', 'options')), initial_options: options(10) },
  },
  radio_buttons: {
    required: ['options'],
    fields: { ...input, confirm: CONFIRM, options: options(most('radio_buttons', 'options')), initial_option: OPTION },
  },
  overflow: {
    required: ['options'],
    fields: { action_id: id, confirm: CONFIRM, options: options(most('overflow', 'options')) },
  },
  static_select: { required: [], oneOf: ['options', 'option_groups'], fields: { ...chooser, ...lists, initial_option: OPTION } },
  multi_static_select: {
    required: [],
    oneOf: ['options', 'option_groups'],
    fields: { ...many, ...lists, initial_options: options(100) },
  },
  users_select: { required: [], fields: { ...chooser, initial_user: id } },
  multi_users_select: { required: [], fields: { ...many, initial_users: texts } },
  channels_select: { required: [], fields: { ...chooser, initial_channel: id, response_url_enabled: flag } },
  multi_channels_select: { required: [], fields: { ...many, initial_channels: texts } },
  conversations_select: {
    required: [],
    fields: {
      ...chooser,
      initial_conversation: id,
      default_to_current_conversation: flag,
      response_url_enabled: flag,
      filter: anything,
    },
  },
  multi_conversations_select: {
    required: [],
    fields: { ...many, initial_conversations: texts, default_to_current_conversation: flag, filter: anything },
  },
  datepicker: { required: [], fields: { ...chooser, initial_date: string(10, 10) } },
  timepicker: { required: [], fields: { ...chooser, initial_time: string(5, 5), timezone: string(100) } },
  datetimepicker: { required: [], fields: { ...input, confirm: CONFIRM, initial_date_time: number } },
  plain_text_input: {
    required: [],
    fields: { ...typed, initial_value: string(3000), multiline: flag, min_length: number, max_length: number },
  },
  email_text_input: { required: [], fields: { ...typed, initial_value: string(3000) } },
  url_text_input: { required: [], fields: { ...typed, initial_value: string(3000) } },
  number_input: {
    required: ['is_decimal_allowed'],
    fields: { ...typed, is_decimal_allowed: flag, initial_value: string(100), min_value: string(100), max_value: string(100) },
  },
  image: {
    required: ['alt_text'],
    oneOf: ['image_url', 'slack_file'],
    fields: {
      image_url: string(longest('image', 'image_url'), 1),
      slack_file: anything,
      alt_text: string(longest('image', 'alt_text'), 1),
    },
  },
};

const SINGLE_CHOICES = ['static_select', 'users_select', 'channels_select', 'conversations_select'];
const MULTIPLE_CHOICES = SINGLE_CHOICES.map((name) => `multi_${name}`);
const PICKERS = ['datepicker', 'timepicker', 'checkboxes', 'radio_buttons'];
const IN_ACTIONS = ['button', 'overflow', 'datetimepicker', ...PICKERS, ...SINGLE_CHOICES];
const IN_SECTION = ['button', 'overflow', 'image', ...PICKERS, ...SINGLE_CHOICES, ...MULTIPLE_CHOICES];
const IN_INPUT = [
  'plain_text_input',
  'email_text_input',
  'url_text_input',
  'number_input',
  'datetimepicker',
  ...PICKERS,
  ...SINGLE_CHOICES,
  ...MULTIPLE_CHOICES,
];

const everywhere = ['message', 'modal', 'home'] as const;

/** Blocks by type. A type that is not here is refused. */
export const BLOCKS: Readonly<Record<string, BlockShape>> = {
  divider: { surfaces: everywhere, required: [], fields: { block_id: id } },
  header: { surfaces: everywhere, required: ['text'], fields: { block_id: id, text: plain('header', 'text'), level: number } },
  section: {
    surfaces: everywhere,
    required: [],
    oneOf: ['text', 'fields'],
    fields: {
      block_id: id,
      text: any(longest('section', 'text')),
      fields: { is: 'list', item: any(2000), min: 1, max: most('section', 'fields') },
      accessory: { is: 'element', of: IN_SECTION },
      expand: flag,
    },
  },
  context: {
    surfaces: everywhere,
    required: ['elements'],
    fields: {
      block_id: id,
      elements: { is: 'list', min: 1, max: most('context', 'elements'), item: { is: 'element', of: ['image', 'mrkdwn', 'plain_text'] } },
    },
  },
  actions: {
    surfaces: everywhere,
    required: ['elements'],
    fields: {
      block_id: id,
      elements: { is: 'list', min: 1, max: most('actions', 'elements'), item: { is: 'element', of: IN_ACTIONS } },
    },
  },
  input: {
    surfaces: everywhere,
    required: ['label', 'element'],
    fields: {
      block_id: id,
      label: plain('input', 'label'),
      hint: plain('input', 'hint'),
      element: { is: 'element', of: IN_INPUT },
      optional: flag,
      dispatch_action: flag,
    },
  },
  image: {
    surfaces: everywhere,
    required: ['alt_text'],
    oneOf: ['image_url', 'slack_file'],
    fields: { block_id: id, ...ELEMENTS.image?.fields, title: { is: 'text', style: 'plain_text', max: 2000 } },
  },
  markdown: { surfaces: ['message'], required: ['text'], fields: { block_id: id, text: string(longest('markdown', 'text'), 1) } },
  rich_text: { surfaces: everywhere, required: ['elements'], fields: { block_id: id, elements: anything } },
  table: { surfaces: ['message'], required: ['rows'], fields: { block_id: id, rows: anything, column_settings: anything } },
};

const viewBlocks: Rule = { is: 'list', item: anything, min: 1, max: VIEW_BLOCKS };
const view = {
  type: { is: 'enum', of: ['modal', 'home'] } as Rule,
  blocks: viewBlocks,
  private_metadata: string(longest('view', 'private_metadata')),
  callback_id: string(longest('view', 'callback_id')),
  external_id: string(255),
};

/** Views by type; the blocks themselves are checked one by one. */
export const VIEWS: Readonly<Record<'modal' | 'home', Shape>> = {
  modal: {
    required: ['type', 'title', 'blocks'],
    fields: {
      ...view,
      title: plain('view', 'title'),
      submit: plain('view', 'submit'),
      close: plain('view', 'close'),
      clear_on_close: flag,
      notify_on_close: flag,
      submit_disabled: flag,
    },
  },
  home: { required: ['type', 'blocks'], fields: view },
};

function object(shape: Shape): Rule {
  return { is: 'object', shape };
}

function longest(of: string, field: string): number {
  return LIMITS[of]?.[field]?.max_length ?? 3000;
}

function most(of: string, field: string): number {
  return LIMITS[of]?.[field]?.max_items ?? 100;
}
