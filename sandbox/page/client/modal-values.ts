import type { Block, Element, View } from './types.ts';
import { getValue, plainValue } from './values.ts';
import type { Value } from './values.ts';

/** What POST /control/submit wants: the value of every input block. An untouched radio group has none to name. */
export function collect(view: View, scope: string): Record<string, Record<string, Value | number>> {
  const values: Record<string, Record<string, Value | number>> = {};
  for (const { blockId, actionId, element } of inputsOf(view)) {
    const value = valueOf(view, scope, { blockId, element });
    if (value === null && element.type === 'radio_buttons') continue;
    const seconds = element.type === 'datetimepicker' && value !== null;
    values[blockId] = { [actionId]: seconds ? Number(value) : value };
  }
  return values;
}

/** What Slack's client refuses by itself: an empty required input, text or numbers out of bounds. */
export function check(view: View, scope: string): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { blockId, element, block } of inputsOf(view)) {
    const error = problemWith(element, valueOf(view, scope, { blockId, element }), block.optional === true);
    if (error !== null) errors[blockId] = error;
  }
  return errors;
}

interface Input {
  block: Block;
  blockId: string;
  actionId: string;
  element: Element;
}

function inputsOf(view: View): Input[] {
  return view.blocks.flatMap((block) => {
    const element = block.type === 'input' ? block.element : undefined;
    return element === undefined
      ? []
      : [{ block, blockId: block.block_id ?? '', actionId: element.action_id ?? '', element }];
  });
}

function valueOf(view: View, scope: string, { blockId, element }: Pick<Input, 'blockId' | 'element'>): Value {
  const actionId = element.action_id ?? '';
  const own = getValue(scope, blockId, actionId) ?? plainValue(view.state?.values?.[blockId]?.[actionId]);
  return own === undefined ? initialOf(element) : own;
}

function initialOf(element: Element): Value {
  if (element.type === 'checkboxes' || element.type.startsWith('multi_')) {
    return element.initial_users ?? (element.initial_options ?? []).map((option) => option.value ?? '');
  }
  const time = element.initial_date_time === undefined ? undefined : String(element.initial_date_time);
  const picked =
    element.initial_option?.value ??
    element.initial_user ??
    element.initial_channel ??
    element.initial_conversation;
  return picked ?? element.initial_value ?? element.initial_date ?? element.initial_time ?? time ?? null;
}

function problemWith(element: Element, value: Value, optional: boolean): string | null {
  const empty = value === null || value.length === 0;
  if (empty) return optional ? null : 'Please fill this in.';
  if (typeof value !== 'string') return null;
  if (element.min_length !== undefined && value.length < element.min_length)
    return `At least ${String(element.min_length)} characters.`;
  if (element.max_length !== undefined && value.length > element.max_length)
    return `At most ${String(element.max_length)} characters.`;
  return element.type === 'number_input' ? problemWithNumber(element, value) : null;
}

function problemWithNumber(element: Element, value: string): string | null {
  const number = Number(value);
  if (Number.isNaN(number)) return 'Please enter a number.';
  if (element.is_decimal_allowed !== true && !Number.isInteger(number)) return 'Please enter a whole number.';
  if (element.min_value !== undefined && number < Number(element.min_value))
    return `At least ${element.min_value}.`;
  if (element.max_value !== undefined && number > Number(element.max_value))
    return `At most ${element.max_value}.`;
  return null;
}
