import { people } from './directory.ts';
import { h } from './dom.ts';
import { visible } from './refresh.ts';
import { state } from './store.ts';

export interface Suggestion {
  /** What is put in place of the word being typed. */
  insert: string;
  title: string;
  note: string;
}

interface Completion {
  close: () => void;
}

let lists = 0;

/** A listbox over a text box: it opens while a command, @name or #channel is being typed. */
export function attachCompletion(box: HTMLTextAreaElement, holder: HTMLElement): Completion {
  const open: Open = { box, list: createList(box), found: [], active: 0 };
  holder.prepend(open.list);
  const close = (): void => {
    open.found = [];
    draw(open);
  };
  box.addEventListener('input', () => {
    open.found = suggest(box.value.slice(0, box.selectionStart));
    open.active = 0;
    draw(open);
  });
  box.addEventListener('blur', () => setTimeout(close, 150));
  box.addEventListener('keydown', (event) => {
    const count = open.found.length;
    if (count === 0) return;
    const completes =
      event.key === 'Tab' || (event.key === 'Enter' && !isComplete(box, open.found[open.active]));
    if (event.key === 'ArrowDown') open.active = (open.active + 1) % count;
    else if (event.key === 'ArrowUp') open.active = (open.active + count - 1) % count;
    else if (event.key === 'Escape') close();
    else if (completes) pick(open, open.active);
    else return;
    event.preventDefault();
    event.stopPropagation();
    draw(open);
  });
  return { close };
}

interface Open {
  box: HTMLTextAreaElement;
  list: HTMLElement;
  found: Suggestion[];
  active: number;
}

function createList(box: HTMLTextAreaElement): HTMLElement {
  lists += 1;
  const id = `completion-${String(lists)}`;
  const roles = {
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-controls': id,
    'aria-expanded': 'false',
  };
  for (const [name, value] of Object.entries(roles)) box.setAttribute(name, value);
  return h('div', { class: 'completion', role: 'listbox', id, 'aria-label': 'Suggestions', hidden: true });
}

function draw(open: Open): void {
  const { box, list, found, active } = open;
  list.hidden = found.length === 0;
  box.setAttribute('aria-expanded', String(found.length > 0));
  const options = found.map((suggestion, index) =>
    renderSuggestion(suggestion, {
      id: `${list.id}-${String(index)}`,
      active: index === active,
      pick: () => pick(open, index),
    }),
  );
  list.replaceChildren(...options);
  if (found.length > 0) box.setAttribute('aria-activedescendant', `${list.id}-${String(active)}`);
  else box.removeAttribute('aria-activedescendant');
  options[active]?.scrollIntoView({ block: 'nearest' });
}

function pick({ box, found }: Open, index: number): void {
  const suggestion = found[index];
  if (suggestion === undefined) return;
  const before = box.value.slice(0, box.selectionStart);
  const start = before.length - wordBefore(before).length;
  box.setRangeText(suggestion.insert, start, box.selectionStart, 'end');
  box.focus();
  box.dispatchEvent(new Event('input', { bubbles: true }));
}

/** What fits the text before the cursor: commands and their first word, people and groups, channels. */
export function suggest(before: string): Suggestion[] {
  const command = /^\/\S*$/.exec(before);
  if (command !== null) return commands(command[0]);
  const sub = /^(\/\S+) (\S*)$/.exec(before);
  const subcommands = sub === null ? [] : subcommandsOf(sub[1] ?? '', sub[2] ?? '');
  if (subcommands.length > 0) return subcommands;
  const mention = /(?:^|\s)([@#])([\w.-]*)$/.exec(before);
  if (mention === null) return [];
  const typed = (mention[2] ?? '').toLowerCase();
  return (mention[1] === '@' ? names() : channels())
    .filter((each) => each.insert.slice(1).startsWith(typed) || each.title.toLowerCase().includes(typed))
    .slice(0, 8);
}

function commands(typed: string): Suggestion[] {
  const all = state.workspace?.commands ?? [];
  return all
    .filter((command) => command.command.startsWith(typed))
    .map((command) => ({
      insert: `${command.command} `,
      title: `${command.command} ${command.usage_hint ?? ''}`.trim(),
      note: command.description ?? '',
    }));
}

/** The words that the command's usage hint offers, `[declare | ack | status …]`. */
function subcommandsOf(command: string, typed: string): Suggestion[] {
  const hint = state.workspace?.commands.find((each) => each.command === command)?.usage_hint ?? '';
  if (!hint.includes('|')) return [];
  const words = hint
    .replaceAll(/[[\]()<>]/g, ' ')
    .split('|')
    .map((part) => part.trim().split(/\s+/)[0] ?? '');
  return words
    .filter((word) => /^[a-z][\w-]*$/.test(word) && word.startsWith(typed))
    .map((word) => ({ insert: `${word} `, title: `${command} ${word}`, note: '' }));
}

function names(): Suggestion[] {
  const users = people().map((user) => ({
    insert: `@${user.name} `,
    title: user.real_name ?? user.name,
    note: `@${user.name}`,
  }));
  const groups = (state.workspace?.usergroups ?? []).map((group) => ({
    insert: `@${group.handle} `,
    title: group.name ?? group.handle,
    note: `@${group.handle}`,
  }));
  return [...users, ...groups];
}

function channels(): Suggestion[] {
  const all = state.workspace?.channels.filter((channel) => visible(channel) && channel.is_im !== true) ?? [];
  return all.map((channel) => ({ insert: `#${channel.name} `, title: `#${channel.name}`, note: '' }));
}

function isComplete(box: HTMLTextAreaElement, suggestion: Suggestion | undefined): boolean {
  const word = wordBefore(box.value.slice(0, box.selectionStart));
  return suggestion !== undefined && word === suggestion.insert.trim();
}

function wordBefore(text: string): string {
  return /\S*$/.exec(text)?.[0] ?? '';
}

function renderSuggestion(
  suggestion: Suggestion,
  look: { id: string; active: boolean; pick: () => void },
): HTMLElement {
  const option = h(
    'div',
    { class: 'suggestion', role: 'option', id: look.id, 'aria-selected': String(look.active) },
    h('strong', {}, suggestion.title),
    h('span', { class: 'quiet' }, suggestion.note),
  );
  option.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    look.pick();
  });
  return option;
}
