import { nameOf } from './directory.ts';
import { h } from './dom.ts';
import { clock } from './message-item.ts';
import { renderText } from './mrkdwn-dom.ts';
import type { Message } from './types.ts';

/** One quiet line for one or several such messages that follow each other. */
export function renderSystem(messages: readonly Message[]): HTMLElement {
  const lines = groupJoins(messages).map((line) => h('p', {}, ...line));
  const first = messages[0]?.ts ?? '0';
  return h(
    'div',
    { class: 'system', 'data-testid': `message-${first}` },
    h('time', { class: 'system-time' }, clock(first)),
    h('div', { class: 'system-lines' }, ...lines),
  );
}

/** People who were added by the same one stand in one line. */
function groupJoins(messages: readonly Message[]): (Node | string)[][] {
  const lines: (Node | string)[][] = [];
  let adder: string | null = null;
  let names: string[] = [];
  const close = (): void => {
    if (adder !== null)
      lines.push([`${listOf(names)} ${names.length === 1 ? 'was' : 'were'} added by ${nameOf(adder)}`]);
    adder = null;
    names = [];
  };
  for (const message of messages) {
    const by = /added by <@(\w+)/.exec(message.text)?.[1];
    if (by === undefined || by !== adder) close();
    if (by === undefined) {
      const author = nameOf(message.user ?? '');
      const own = message.text.startsWith('<@');
      lines.push([own ? '' : `${author} `, renderText(message.text, 'text inline')]);
    } else {
      adder = by;
      names.push(nameOf(message.user ?? ''));
    }
  }
  close();
  return lines;
}

function listOf(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(names);
}
