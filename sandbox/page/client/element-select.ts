import { currentValue } from './block-context.ts';
import type { Click, ElementPlace } from './block-context.ts';
import { askConfirm } from './confirm-dialog.ts';
import { people } from './directory.ts';
import { h } from './dom.ts';
import { plainString } from './mrkdwn-dom.ts';
import { state } from './store.ts';
import type { Element, Option } from './types.ts';
import { setValue } from './values.ts';

interface Group {
  label: string | null;
  options: { value: string; text: string }[];
}

/** A select of one option, person or channel: the browser's own control, so it works by keyboard and on phones. */
export function renderSelect(element: Element, place: ElementPlace): HTMLElement {
  const actionId = element.action_id ?? '';
  const chosen = currentValue(place, actionId) ?? initial(element)[0] ?? '';
  const select = h('select', {
    class: 'select',
    'data-action-id': actionId,
    'data-block-id': place.blockId,
    'aria-labelledby': place.labelId,
    'aria-describedby': place.describedBy,
    'aria-label': place.labelId === undefined ? placeholder(element) : undefined,
  });
  select.append(h('option', { value: '' }, placeholder(element)));
  for (const group of groupsOf(element)) select.append(...renderGroup(group));
  select.value = typeof chosen === 'string' ? chosen : '';
  let before = select.value;
  select.addEventListener('change', () => {
    void choose({ select, element, place }, before).then(() => {
      before = select.value;
    });
  });
  return select;
}

/** A select of several: what is chosen stands in the summary, the options fold out as checkboxes. */
export function renderMultiSelect(element: Element, place: ElementPlace): HTMLElement {
  const actionId = element.action_id ?? '';
  const own = currentValue(place, actionId);
  const chosen = new Set(own === undefined ? initial(element) : [own ?? []].flat());
  const summary = h('summary', { 'aria-labelledby': place.labelId });
  const list = h('div', { class: 'multi-options', role: 'group' });
  const options = groupsOf(element).flatMap((group) => group.options);
  for (const option of options) {
    const input = h('input', { type: 'checkbox', value: option.value });
    input.checked = chosen.has(option.value);
    list.append(h('label', { class: 'choice' }, input, h('span', {}, option.text)));
  }
  const say = (): void => {
    const names = options.filter((option) => chosen.has(option.value)).map((option) => option.text);
    summary.textContent = names.length === 0 ? placeholder(element) : names.join(', ');
  };
  say();
  list.addEventListener('change', (event) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    if (event.target.checked) chosen.add(event.target.value);
    else chosen.delete(event.target.value);
    say();
    const values = [...chosen];
    setValue(place.context.scope, place.blockId, actionId, values);
    place.context.changed?.(place.blockId);
    const key = element.type === 'multi_users_select' ? 'selected_users' : 'selected_options';
    if (place.dispatch)
      void place.context.act({ action_id: actionId, block_id: place.blockId, [key]: values });
  });
  return h(
    'details',
    { class: 'multi', 'data-action-id': actionId, 'data-block-id': place.blockId },
    summary,
    list,
  );
}

interface Choice {
  select: HTMLSelectElement;
  element: Element;
  place: ElementPlace;
}

async function choose({ select, element, place }: Choice, before: string): Promise<void> {
  const confirm = element.confirm;
  if (place.dispatch && confirm !== undefined && !(await askConfirm(confirm))) {
    select.value = before;
    return;
  }
  const actionId = element.action_id ?? '';
  setValue(place.context.scope, place.blockId, actionId, select.value === '' ? null : select.value);
  place.context.changed?.(place.blockId);
  if (!place.dispatch || select.value === '') return;
  const click: Click = {
    action_id: actionId,
    block_id: place.blockId,
    ...selection(element.type, select.value),
  };
  await place.context.act(confirm === undefined ? click : { ...click, confirm: true });
}

function selection(type: string, value: string): Partial<Click> {
  if (type === 'users_select') return { selected_user: value };
  if (type === 'channels_select') return { selected_channel: value };
  if (type === 'conversations_select') return { selected_conversation: value };
  return { selected_option: value };
}

function groupsOf(element: Element): Group[] {
  if (element.type.includes('users'))
    return [
      {
        label: null,
        options: people().map((user) => ({ value: user.id, text: user.real_name ?? user.name })),
      },
    ];
  if (element.type.includes('channels') || element.type.includes('conversations'))
    return [{ label: null, options: channels() }];
  const grouped = element.option_groups ?? [];
  if (grouped.length > 0)
    return grouped.map((group) => ({
      label: plainString(group.label.text),
      options: group.options.map(plain),
    }));
  return [{ label: null, options: (element.options ?? []).map(plain) }];
}

function channels(): { value: string; text: string }[] {
  const open =
    state.workspace?.channels.filter((channel) => channel.is_im !== true && channel.is_archived !== true) ??
    [];
  return open.map((channel) => ({ value: channel.id, text: `#${channel.name}` }));
}

function plain(option: Option): { value: string; text: string } {
  const note = option.description === undefined ? '' : ` (${plainString(option.description.text)})`;
  return { value: option.value ?? '', text: plainString(option.text.text) + note };
}

function renderGroup(group: Group): HTMLElement[] {
  const options = group.options.map((option) => h('option', { value: option.value }, option.text));
  return group.label === null ? options : [h('optgroup', { label: group.label }, ...options)];
}

function initial(element: Element): string[] {
  const many = element.initial_users ?? element.initial_options?.map((option) => option.value ?? '');
  if (many !== undefined) return many;
  const one =
    element.initial_option?.value ??
    element.initial_user ??
    element.initial_channel ??
    element.initial_conversation;
  return one === undefined ? [] : [one];
}

function placeholder(element: Element): string {
  return plainString(element.placeholder?.text ?? 'Choose…');
}
