import { currentValue } from './block-context.ts';
import type { ElementPlace } from './block-context.ts';
import { h } from './dom.ts';
import { plainString } from './mrkdwn-dom.ts';
import type { Element } from './types.ts';
import { setValue } from './values.ts';

const INPUT_TYPES: Readonly<Record<string, string>> = {
  number_input: 'number',
  email_text_input: 'email',
  url_text_input: 'url',
  datepicker: 'date',
  timepicker: 'time',
  datetimepicker: 'datetime-local',
};

/** Text, number, date and time inputs. What is typed is remembered at once, delivered when the input is left. */
export function renderInput(element: Element, place: ElementPlace): HTMLElement {
  const actionId = element.action_id ?? '';
  const own = currentValue(place, actionId);
  const shared = {
    class: 'input',
    'data-action-id': actionId,
    'data-block-id': place.blockId,
    placeholder: element.placeholder === undefined ? undefined : plainString(element.placeholder.text),
    maxlength: element.max_length,
    'aria-labelledby': place.labelId,
    'aria-describedby': place.describedBy,
    'aria-label': place.labelId === undefined ? plainString(element.placeholder?.text ?? 'Input') : undefined,
  };
  const input =
    element.multiline === true
      ? h('textarea', { ...shared, rows: 4 })
      : h('input', {
          ...shared,
          type: INPUT_TYPES[element.type] ?? 'text',
          min: element.min_value,
          max: element.max_value,
          step: step(element),
          autocomplete: 'off',
        });
  input.value = own === undefined ? initial(element) : typeof own === 'string' ? fromValue(element, own) : '';
  const keep = (): void =>
    setValue(place.context.scope, place.blockId, actionId, toValue(element, input.value));
  if (own === undefined && input.value !== '') keep();
  input.addEventListener('input', () => {
    keep();
    place.context.changed?.(place.blockId);
  });
  input.addEventListener('change', () => {
    if (place.dispatch)
      void place.context.act({
        action_id: actionId,
        block_id: place.blockId,
        ...clickValue(element, input.value),
      });
  });
  return input;
}

function step(element: Element): string | undefined {
  if (element.type !== 'number_input') return undefined;
  return element.is_decimal_allowed === true ? 'any' : '1';
}

function initial(element: Element): string {
  const at = element.initial_date_time;
  if (at !== undefined) return fromValue(element, String(at));
  return element.initial_value ?? element.initial_date ?? element.initial_time ?? '';
}

/** Slack's datetimepicker counts seconds since 1970; the browser's control wants local `YYYY-MM-DDTHH:MM`. */
function fromValue(element: Element, value: string): string {
  if (element.type !== 'datetimepicker') return value;
  const at = new Date(Number(value) * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function toValue(element: Element, typed: string): string | null {
  if (typed === '') return null;
  return element.type === 'datetimepicker' ? String(Math.floor(new Date(typed).getTime() / 1000)) : typed;
}

function clickValue(element: Element, typed: string): Record<string, string | null> {
  const value = toValue(element, typed);
  if (element.type === 'datepicker') return { selected_date: value };
  if (element.type === 'timepicker') return { selected_time: value };
  return { value: value ?? '' };
}
