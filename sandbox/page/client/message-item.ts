import { sentenceFor } from './api.ts';
import { clickMessage, react, runShortcut } from './actions.ts';
import type { BlockContext } from './block-context.ts';
import { renderBlocks } from './blocks.ts';
import { dayKey } from './date-token.ts';
import { avatar, nameOf, userOf } from './directory.ts';
import { h } from './dom.ts';
import { REACTIONS } from './emoji.ts';
import { renderFile } from './files.ts';
import { sign } from './icons.ts';
import { renderMenu } from './menu.ts';
import type { MenuItem } from './menu.ts';
import { renderEmoji, renderText } from './mrkdwn-dom.ts';
import { openThread } from './navigation.ts';
import { state } from './store.ts';
import type { Attachment, Message } from './types.ts';

export interface MessageLook {
  channel: string;
  /** Follows another message of the same author: no name again. */
  compact: boolean;
  replies: number;
  /** In the thread panel there is no way to open the thread again. */
  inThread: boolean;
}

/** One message, with everything that hangs on it. */
export function renderMessage(message: Message, look: MessageLook): HTMLElement {
  const author = message.user ?? message.bot_id;
  const name = message.username ?? nameOf(author ?? '', 'Unknown');
  const gutter = look.compact
    ? h('span', { class: 'gutter' }, h('time', { class: 'compact-time' }, clock(message.ts)))
    : avatar(author);
  return h(
    'article',
    {
      class: `message${look.compact ? ' compact' : ''}${message.ephemeral ? ' ephemeral' : ''}`,
      'data-testid': `${look.inThread ? 'thread-' : ''}message-${message.ts}`,
      'aria-label': `${name}, ${clock(message.ts)}`,
    },
    gutter,
    renderBody(message, look, name),
    message.ephemeral ? null : renderTools(message, look),
  );
}

function renderBody(message: Message, look: MessageLook, name: string): HTMLElement {
  const edited = message.edited === undefined ? null : h('span', { class: 'quiet' }, '(edited)');
  return h(
    'div',
    { class: 'message-body' },
    message.ephemeral ? h('p', { class: 'only-you' }, sign('eye'), ' Only visible to you') : null,
    message.pinned === true ? h('p', { class: 'pinned' }, sign('pin'), ' Pinned') : null,
    look.compact ? null : renderHead(name, message, edited),
    renderContent(message, look.channel),
    look.compact ? edited : null,
    explanation(message),
    ...(message.files ?? []).map(renderFile),
    renderReactions(message, look.channel),
    look.replies > 0 && !look.inThread ? threadButton(message, look.replies) : null,
  );
}

/** Local HH:MM of a message's timestamp. */
export function clock(ts: string): string {
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }).format(
    new Date(Number(ts) * 1000),
  );
}

export function dayOf(ts: string): string {
  return dayKey(new Date(Number(ts) * 1000), { now: new Date() });
}

/** Slack says only `failed with the error "operation_timeout"`; here it is said in words too. */
function explanation(message: Message): HTMLElement | null {
  const code =
    message.user === 'USLACKBOT' ? /failed with the error "([a-z_]+)"/.exec(message.text)?.[1] : undefined;
  const sentence = code === undefined ? null : sentenceFor(code);
  return sentence === null
    ? null
    : h('p', { class: 'explanation', role: 'alert', 'data-testid': 'notice' }, sentence);
}

function renderHead(name: string, message: Message, edited: HTMLElement | null): HTMLElement {
  const at = new Date(Number(message.ts) * 1000);
  const bot = userOf(message.user)?.is_bot === true || message.bot_id !== undefined;
  return h(
    'div',
    { class: 'message-head' },
    h('strong', {}, name),
    bot ? h('span', { class: 'tag' }, 'App') : null,
    h('time', { datetime: at.toISOString(), title: at.toLocaleString('en-GB') }, clock(message.ts)),
    edited,
  );
}

function renderContent(message: Message, channel: string): HTMLElement {
  const context: BlockContext = {
    surface: 'message',
    scope: `${state.as}/${channel}/${message.ts}`,
    ...(message.state === undefined ? {} : { saved: message.state }),
    act: async (click) => {
      const problem = await clickMessage(channel, message.ts, click);
      if (problem === null)
        document.dispatchEvent(new CustomEvent('sandbox:clicked', { detail: click.action_id }));
    },
  };
  const blocks = message.blocks ?? [];
  const attachments = (message.attachments ?? []).map((attachment) => renderAttachment(attachment, context));
  const content =
    blocks.length > 0 ? renderBlocks(blocks, context) : message.text === '' ? null : renderText(message.text);
  return h('div', {}, content, ...attachments);
}

/** The older way to set a part of a message off: with a bar of its own colour. */
function renderAttachment(attachment: Attachment, context: BlockContext): HTMLElement {
  const content =
    attachment.blocks === undefined
      ? renderText(attachment.text ?? attachment.fallback ?? '')
      : renderBlocks(attachment.blocks, context);
  const box = h('div', { class: 'attachment' }, content);
  if (/^#[0-9a-f]{6}$/i.test(attachment.color ?? '')) box.style.borderLeftColor = attachment.color ?? '';
  return box;
}

function renderReactions(message: Message, channel: string): HTMLElement | null {
  const reactions = message.reactions ?? [];
  if (reactions.length === 0) return null;
  const marks = reactions.map((reaction) => {
    const mine = reaction.users.includes(state.as);
    const who = reaction.users.map((user) => nameOf(user)).join(', ');
    return h(
      'button',
      {
        type: 'button',
        class: `reaction${mine ? ' mine' : ''}`,
        title: who,
        'aria-pressed': String(mine),
        'aria-label': `${reaction.name}, ${who}`,
        onclick: () => void react(channel, message.ts, reaction.name, mine),
      },
      renderEmoji(reaction.name),
      ` ${String(reaction.users.length)}`,
    );
  });
  return h('div', { class: 'reactions' }, ...marks);
}

function threadButton(message: Message, replies: number): HTMLElement {
  const words = `${String(replies)} ${replies === 1 ? 'reply' : 'replies'}`;
  return h(
    'button',
    {
      type: 'button',
      class: 'thread-link',
      'data-testid': `thread-open-${message.ts}`,
      onclick: () => openThread(message.ts),
    },
    sign('thread'),
    ` ${words}`,
  );
}

function renderTools(message: Message, look: MessageLook): HTMLElement {
  const tools = h('div', { class: 'tools', role: 'group', 'aria-label': 'Message actions' });
  tools.append(
    renderMenu({
      label: 'Add a reaction',
      glyph: () => sign('smile'),
      className: 'tool',
      items: REACTIONS.map((name) => reactionItem(message, look.channel, name)),
    }),
  );
  if (!look.inThread) {
    tools.append(
      h(
        'button',
        {
          type: 'button',
          class: 'button icon tool',
          'aria-label': 'Reply in thread',
          title: 'Reply in thread',
          onclick: () => openThread(message.thread_ts ?? message.ts),
        },
        sign('thread'),
      ),
    );
  }
  const shortcuts = state.workspace?.shortcuts.filter((shortcut) => shortcut.type === 'message') ?? [];
  if (shortcuts.length > 0) {
    const items = shortcuts.map((shortcut) => ({
      text: shortcut.name,
      value: shortcut.callback_id,
      run: (): void => void runShortcut(shortcut.callback_id, look.channel, message.ts),
    }));
    tools.append(renderMenu({ label: 'More actions', glyph: () => sign('dots'), className: 'tool', items }));
  }
  return tools;
}

function reactionItem(message: Message, channel: string, name: string): MenuItem {
  const mine =
    message.reactions?.find((reaction) => reaction.name === name)?.users.includes(state.as) ?? false;
  return {
    text: `${name === '+1' ? 'thumbs up' : name.replaceAll('_', ' ')}${mine ? ' (remove)' : ''}`,
    picture: renderEmoji(name),
    value: name,
    run: () => void react(channel, message.ts, name, mine),
  };
}
