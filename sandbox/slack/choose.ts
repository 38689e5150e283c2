import { isObject } from './args.ts';
import { initialValue, optionsOf, valueField } from './view-state.ts';
import type { Json } from './types.ts';

/** What a person picked, as the control API takes it. */
export type Choice = {
  value?: unknown;
  selected_option?: unknown;
  selected_options?: unknown;
  selected_user?: unknown;
  selected_users?: unknown;
  selected_date?: unknown;
  selected_time?: unknown;
  selected_channel?: unknown;
  selected_conversation?: unknown;
};

/** The new value of an element, or why a client could not send it. */
export type Chosen = { ok: true; value: Json } | { ok: false; error: string };

/**
 * What a client would send for this choice.
 *
 * `value` on checkboxes toggles that one option of the person's own selection; `selected_options`
 * is the whole new selection. Options are named by value or given whole.
 *
 * @param current the person's value before, as in `state.values`
 */
export function choose(element: Json, choice: Choice, current: Json | undefined): Chosen {
  const type = String(element.type);
  if (type === 'button') return { ok: true, value: { type } };
  if (type === 'checkboxes' || type === 'multi_static_select')
    return chooseMany(element, choice, current ?? initialValue(element));
  if (type === 'overflow' || type === 'radio_buttons' || type === 'static_select')
    return chooseOne(element, choice);
  const field = valueField(type);
  if (field === undefined) return { ok: false, error: `an element of type ${type} cannot be clicked` };
  const given = Object.entries(choice).find(([key]) => key === field)?.[1] ?? choice.value ?? null;
  return { ok: true, value: { type, [field]: given } };
}

function chooseOne(element: Json, choice: Choice): Chosen {
  const wanted = valueOf(choice.selected_option ?? choice.value);
  if (wanted === null && element.type === 'static_select')
    return { ok: true, value: { type: element.type, selected_option: null } };
  const option = optionsOf(element).find((candidate) => candidate.value === wanted);
  if (!option) return { ok: false, error: `the element offers no option "${String(wanted)}"` };
  return { ok: true, value: { type: element.type, selected_option: option } };
}

function chooseMany(element: Json, choice: Choice, current: Json): Chosen {
  const before = Array.isArray(current.selected_options) ? current.selected_options.map(valueOf) : [];
  const toggled = valueOf(choice.value);
  const wanted = Array.isArray(choice.selected_options)
    ? choice.selected_options.map(valueOf)
    : Array.isArray(choice.value)
      ? choice.value.map(valueOf)
      : before.includes(toggled)
        ? before.filter((value) => value !== toggled)
        : [...before, toggled];
  const options = optionsOf(element);
  const unknown = wanted.find((value) => !options.some((option) => option.value === value));
  if (unknown !== undefined) return { ok: false, error: `the element offers no option "${String(unknown)}"` };
  // A client sends the selection in the order of the options.
  return {
    ok: true,
    value: {
      type: element.type,
      selected_options: options.filter((option) => wanted.includes(valueOf(option))),
    },
  };
}

function valueOf(option: unknown): string | null {
  if (isObject(option)) return valueOf(option.value);
  return typeof option === 'string' ? option : null;
}
