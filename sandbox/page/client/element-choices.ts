import { currentValue } from './block-context.ts';
import type { ElementPlace } from './block-context.ts';
import { askConfirm } from './confirm-dialog.ts';
import { h } from './dom.ts';
import { renderText } from './mrkdwn-dom.ts';
import type { Element, Option } from './types.ts';
import { setValue } from './values.ts';

let groups = 0;

/** Checkboxes and radio buttons. A click is delivered with all of the person's own choices, as Slack does. */
export function renderChoices(element: Element, place: ElementPlace): HTMLElement {
  groups += 1;
  const single = element.type === 'radio_buttons';
  const chosen = new Set(selected(element, place));
  const name = `choices-${String(groups)}`;
  const group = h('div', {
    class: 'choices',
    role: single ? 'radiogroup' : 'group',
    'data-action-id': element.action_id,
    'data-block-id': place.blockId,
    'aria-labelledby': place.labelId,
    'aria-describedby': place.describedBy,
    'aria-label': place.labelId === undefined ? 'Choices' : undefined,
  });
  for (const option of element.options ?? [])
    group.append(renderOption(option, { single, name, checked: chosen.has(option.value ?? '') }));
  group.addEventListener('change', (event) => void changed({ event, group, element, place }));
  return group;
}

function renderOption(
  option: Option,
  look: { single: boolean; name: string; checked: boolean },
): HTMLElement {
  const input = h('input', {
    type: look.single ? 'radio' : 'checkbox',
    name: look.name,
    value: option.value ?? '',
  });
  input.checked = look.checked;
  const words = h('span', { class: 'choice-words' }, renderText(option.text));
  if (option.description !== undefined) words.append(renderText(option.description, 'text choice-note'));
  return h('label', { class: 'choice' }, input, words);
}

interface Change {
  event: Event;
  group: HTMLElement;
  element: Element;
  place: ElementPlace;
}

async function changed({ event, group, element, place }: Change): Promise<void> {
  const inputs = [...group.querySelectorAll('input')];
  const input = event.target;
  if (
    element.confirm !== undefined &&
    place.dispatch &&
    input instanceof HTMLInputElement &&
    !(await askConfirm(element.confirm))
  ) {
    const before = new Set(selected(element, place));
    for (const each of inputs) each.checked = before.has(each.value);
    return;
  }
  const values = inputs.filter((each) => each.checked).map((each) => each.value);
  const single = element.type === 'radio_buttons';
  const actionId = element.action_id ?? '';
  setValue(place.context.scope, place.blockId, actionId, single ? (values[0] ?? null) : values);
  place.context.changed?.(place.blockId);
  if (!place.dispatch) return;
  await place.context.act({
    action_id: actionId,
    block_id: place.blockId,
    ...(single ? { selected_option: values[0] ?? '' } : { selected_options: values }),
    ...(element.confirm === undefined ? {} : { confirm: true }),
  });
}

function selected(element: Element, place: ElementPlace): string[] {
  const own = currentValue(place, element.action_id ?? '');
  if (own !== undefined) return own === null ? [] : [own].flat();
  const initial =
    element.type === 'radio_buttons' ? [element.initial_option] : (element.initial_options ?? []);
  return initial.flatMap((option) => (option?.value === undefined ? [] : [option.value]));
}
