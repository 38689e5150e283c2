import { runCommand, runShortcut, sendMessage } from './actions.ts';
import { attachCompletion } from './completion.ts';
import { h } from './dom.ts';
import { sign } from './icons.ts';
import { renderMenu } from './menu.ts';
import { addNotice, state } from './store.ts';

interface ComposerOptions {
  testId: string;
  target: () => { channel: string; thread?: string } | null;
  placeholder: () => string;
}

export interface Composer {
  element: HTMLElement;
  focus: () => void;
  refresh: () => void;
}

/** Where one writes: Enter sends, Shift+Enter breaks the line, `/ @ #` complete. */
export function createComposer(options: ComposerOptions): Composer {
  const { form, box, shortcuts } = build(options);
  const completion = attachCompletion(box, form);
  const submit = async (): Promise<void> => {
    const target = options.target();
    const text = box.value.trim();
    if (target === null || text === '') return;
    setText(box, '');
    completion.close();
    const failed = await deliver(text, target);
    if (failed && box.value === '') setText(box, text);
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  box.addEventListener('input', () => grow(box));
  box.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void submit();
  });
  let draftOf = '';
  const refresh = (): void => {
    const target = options.target();
    draftOf = swapDraft(box, draftOf, `${state.as}/${target?.channel ?? ''}`);
    box.placeholder = options.placeholder();
    box.setAttribute('aria-label', options.placeholder());
    shortcuts.replaceChildren(
      ...(target === null || target.thread !== undefined ? [] : shortcutMenu(target.channel)),
    );
  };
  return { element: form, focus: () => box.focus(), refresh };
}

const drafts = new Map<string, string>();

/** What was begun in one channel waits there until the same person comes back. */
function swapDraft(box: HTMLTextAreaElement, before: string, now: string): string {
  if (before === now) return now;
  drafts.set(before, box.value);
  setText(box, drafts.get(now) ?? '');
  return now;
}

/** Puts a line where the person writes, for them to look at and send. */
export function typeInComposer(text: string): void {
  const box = document.querySelector('[data-testid="composer"]');
  if (!(box instanceof HTMLTextAreaElement)) return;
  setText(box, text);
  box.focus();
}

interface Parts {
  form: HTMLFormElement;
  box: HTMLTextAreaElement;
  shortcuts: HTMLElement;
}

function build({ testId, placeholder }: ComposerOptions): Parts {
  const words = placeholder();
  const box = h('textarea', {
    class: 'composer-text',
    rows: 1,
    'data-testid': testId,
    'aria-label': words,
    placeholder: words,
    autocomplete: 'off',
  });
  const sendId = testId === 'composer' ? 'send' : `${testId}-send`;
  const send = h('button', { type: 'submit', class: 'button primary', 'data-testid': sendId }, 'Send');
  const hint = h(
    'span',
    { class: 'quiet composer-hint' },
    testId === 'composer' ? 'Enter to send · / for commands' : '',
  );
  const shortcuts = h('span', { class: 'shortcuts' });
  const foot = h('div', { class: 'composer-foot' }, shortcuts, hint, send);
  return { form: h('form', { class: 'composer' }, box, foot), box, shortcuts };
}

function setText(box: HTMLTextAreaElement, text: string): void {
  box.value = text;
  grow(box);
}

/** Returns whether it failed, so that what was typed comes back. */
async function deliver(text: string, target: { channel: string; thread?: string }): Promise<boolean> {
  if (!text.startsWith('/')) return (await sendMessage(target.channel, text, target.thread)) !== null;
  const name = text.split(/\s/)[0] ?? '';
  const commands = state.workspace?.commands ?? [];
  const known = commands.length === 0 || commands.some((command) => command.command === name);
  if (target.thread !== undefined)
    addNotice(target.channel, `${name} does not work in threads. Use it in the channel.`);
  else if (known) return (await runCommand(target.channel, text)) !== null;
  else addNotice(target.channel, `${name} is not a command of this workspace. Type / to see the commands.`);
  return true;
}

function shortcutMenu(channel: string): HTMLElement[] {
  const shortcuts = state.workspace?.shortcuts.filter((shortcut) => shortcut.type !== 'message') ?? [];
  if (shortcuts.length === 0) return [];
  const items = shortcuts.map((shortcut) => ({
    text: shortcut.name,
    value: shortcut.callback_id,
    run: (): void => void runShortcut(shortcut.callback_id, channel),
  }));
  return [renderMenu({ label: 'Shortcuts', glyph: () => sign('bolt'), items })];
}

function grow(box: HTMLTextAreaElement): void {
  box.rows = Math.min(8, Math.max(1, box.value.split('\n').length));
}
