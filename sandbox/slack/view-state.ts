import { isObject } from './args.ts';
import type { Json } from './types.ts';

type Values = Record<string, Record<string, Json>>;

/** Elements whose value belongs to `state.values`. */
const STATELESS = new Set(['button', 'overflow', 'image', 'mrkdwn', 'plain_text']);

/** The interactive elements of some blocks, each with the block it is in. */
export function elementsOf(blocks: readonly Json[]): { block: Json; element: Json }[] {
  return blocks.flatMap((block) => {
    const inside = [block.accessory, block.element, ...(Array.isArray(block.elements) ? block.elements : [])];
    return inside
      .filter(isObject)
      .filter((element) => typeof element.action_id === 'string')
      .map((element) => ({ block, element }));
  });
}

/** The element with that action_id, in that block when it is named. */
export function findElement(
  blocks: readonly Json[],
  actionId: string,
  blockId: string | undefined,
): { block: Json; element: Json } | undefined {
  return elementsOf(blocks).find(
    ({ block, element }) =>
      element.action_id === actionId && (blockId === undefined || block.block_id === blockId),
  );
}

/** `state.values` of these blocks: what the person chose, else what was set at first. */
export function stateValues(
  blocks: readonly Json[],
  chosen: (blockId: string, actionId: string) => Json | undefined,
): Values {
  const values: Values = {};
  for (const { block, element } of elementsOf(blocks)) {
    if (STATELESS.has(String(element.type))) continue;
    const blockId = String(block.block_id);
    const actionId = String(element.action_id);
    const own = chosen(blockId, actionId);
    const value = own?.type === element.type ? own : undefined;
    (values[blockId] ??= {})[actionId] = value ? stillOffered(element, value) : initialValue(element);
  }
  return values;
}

/** Element type → its field in `state.values`, the field that sets it at first, and what it is when empty. */
const VALUE_FIELDS: Record<string, [field: string, initial: string, empty: null | []]> = {
  plain_text_input: ['value', 'initial_value', null],
  email_text_input: ['value', 'initial_value', null],
  url_text_input: ['value', 'initial_value', null],
  number_input: ['value', 'initial_value', null],
  checkboxes: ['selected_options', 'initial_options', []],
  radio_buttons: ['selected_option', 'initial_option', null],
  static_select: ['selected_option', 'initial_option', null],
  multi_static_select: ['selected_options', 'initial_options', []],
  users_select: ['selected_user', 'initial_user', null],
  multi_users_select: ['selected_users', 'initial_users', []],
  channels_select: ['selected_channel', 'initial_channel', null],
  multi_channels_select: ['selected_channels', 'initial_channels', []],
  conversations_select: ['selected_conversation', 'initial_conversation', null],
  multi_conversations_select: ['selected_conversations', 'initial_conversations', []],
  datepicker: ['selected_date', 'initial_date', null],
  timepicker: ['selected_time', 'initial_time', null],
  datetimepicker: ['selected_date_time', 'initial_date_time', null],
};

/** The name of the field that holds this type's value; undefined for elements without one. */
export function valueField(type: string): string | undefined {
  return VALUE_FIELDS[type]?.[0];
}

/** The value of an untouched element, as `state.values` shows it. */
export function initialValue(element: Json): Json {
  const type = String(element.type);
  const [field, initial, empty] = VALUE_FIELDS[type] ?? ['value', 'initial_value', null];
  return { type, [field]: element[initial] ?? empty };
}

/** All options of an element, groups included. */
export function optionsOf(element: Json): Json[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isObject) : [];
  return [element.options, ...groups.map((group) => group.options)].flatMap((list) =>
    Array.isArray(list) ? list.filter(isObject) : [],
  );
}

/** A client drops from its selection what the updated element no longer offers. */
function stillOffered(element: Json, value: Json): Json {
  if (!Array.isArray(value.selected_options)) return value;
  const offered = new Map(optionsOf(element).map((option) => [option.value, option]));
  const kept = value.selected_options
    .filter(isObject)
    .map((option) => offered.get(option.value))
    .filter((option) => option !== undefined);
  return { ...value, selected_options: kept };
}
