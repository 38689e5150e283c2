/** What a person put into one input of a modal, whatever its kind. */
export interface ModalValue {
  /** Text, the selected option's value, the selected user or date; null when left empty. */
  readonly value: string | null;
  /** All selected values, for checkboxes and multi-selects; a single selection gives one. */
  readonly selected: readonly string[];
}

/** By block id; an input block of ours holds one element. */
export type ModalValues = ReadonlyMap<string, ModalValue>;

/** The text or single selection of a block; null when it is empty, blank or not there. */
export function input(values: ModalValues, blockId: string): string | null {
  const text = values.get(blockId)?.value?.trim() ?? '';
  return text === '' ? null : text;
}

/** All selections of a block; empty when nothing is selected or the block is not there. */
export function inputs(values: ModalValues, blockId: string): readonly string[] {
  return values.get(blockId)?.selected ?? [];
}

/** Reads Slack's `view.state.values` (or a message's `state.values`); what does not look like it is passed over. */
export function parseModalValues(state: unknown): ModalValues {
  const values = new Map<string, ModalValue>();
  for (const [blockId, elements] of Object.entries(asObject(asObject(state)['values']))) {
    const element = Object.values(asObject(elements))[0];
    if (element !== undefined) values.set(blockId, readElement(asObject(element)));
  }
  return values;
}

const SINGLE = [
  'value',
  'selected_user',
  'selected_channel',
  'selected_conversation',
  'selected_date',
  'selected_time',
];
const MULTIPLE = ['selected_users', 'selected_channels', 'selected_conversations'];

/** Also reads the `actions[0]` of a block_actions payload, which has the same fields. */
export function readElement(element: Readonly<Record<string, unknown>>): ModalValue {
  const selected = readSelected(element);
  return { value: selected[0] ?? null, selected };
}

function readSelected(element: Readonly<Record<string, unknown>>): readonly string[] {
  if (Array.isArray(element['selected_options'])) {
    return element['selected_options'].flatMap((option: unknown) => strings(asObject(option)['value']));
  }
  const option = strings(asObject(element['selected_option'])['value']);
  if (option.length > 0) return option;
  const dateTime = element['selected_date_time'];
  if (typeof dateTime === 'number') return [String(dateTime)];
  for (const key of MULTIPLE) {
    if (Array.isArray(element[key])) return element[key].flatMap(strings);
  }
  return SINGLE.flatMap((key) => strings(element[key])).slice(0, 1);
}

function strings(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : [];
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
