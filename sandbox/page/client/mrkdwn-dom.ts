import { formatDateToken } from './date-token.ts';
import { append, h } from './dom.ts';
import { emojiFor } from './emoji.ts';
import { emojiArt } from './icons.ts';
import { decodeEntities, parseMrkdwn } from './mrkdwn.ts';
import type { Inline, Paragraph } from './mrkdwn.ts';
import { channelOf, groupOf, nameOf } from './directory.ts';
import { openChannel } from './navigation.ts';
import type { TextObject } from './types.ts';

/** A block of mrkdwn (or plain text) as DOM. */
export function renderText(text: TextObject | string | undefined, className = 'text'): HTMLElement {
  const box = h('div', { class: className });
  if (text === undefined) return box;
  if (typeof text === 'string') append(box, renderParagraphs(parseMrkdwn(text)));
  else if (text.type === 'mrkdwn') append(box, renderParagraphs(parseMrkdwn(text.text)));
  else append(box, renderPlain(text.text));
  return box;
}

/** Plain text: emoji shortcodes and line breaks only. */
export function renderPlain(text: string): Node[] {
  return decodeEntities(text)
    .split(/(\n|:[a-z0-9_+-]+:)/)
    .filter((part) => part !== '')
    .map((part) => {
      if (part === '\n') return h('br');
      return /^:[^:]+:$/.test(part) ? renderEmoji(part.slice(1, -1)) : textNode(part);
    });
}

/** Plain text with its emoji, for places that hold a string (options, titles, attributes). */
export function plainString(text: string): string {
  return decodeEntities(text).replaceAll(
    /:([a-z0-9_+-]+):/g,
    (whole, name: string) => emojiFor(name) ?? whole,
  );
}

export function renderParagraphs(paragraphs: readonly Paragraph[]): Node[] {
  return paragraphs.map((paragraph) => {
    const children = renderInlines(paragraph.children);
    if (paragraph.type === 'pre') return h('pre', { tabindex: 0 }, h('code', {}, ...children));
    if (paragraph.type === 'quote') return h('blockquote', {}, ...children);
    return h('p', {}, ...children);
  });
}

export function renderInlines(nodes: readonly Inline[]): Node[] {
  return nodes.map(renderInline);
}

function renderInline(node: Inline): Node {
  switch (node.type) {
    case 'text':
      return textNode(node.text);
    case 'bold':
      return h('strong', {}, ...renderInlines(node.children));
    case 'italic':
      return h('em', {}, ...renderInlines(node.children));
    case 'strike':
      return h('s', {}, ...renderInlines(node.children));
    case 'code':
      return h('code', {}, ...renderInlines(node.children));
    case 'link':
      return link(node.url, renderInlines(node.children));
    case 'emoji':
      return renderEmoji(node.name);
    case 'break':
      return h('br');
    case 'date':
      return renderDate(node);
    default:
      return renderMention(node);
  }
}

function renderMention(node: Extract<Inline, { type: 'user' | 'group' | 'channel' | 'broadcast' }>): Node {
  if (node.type === 'broadcast') return h('span', { class: 'mention mention-all' }, `@${node.range}`);
  if (node.type === 'user') return h('span', { class: 'mention' }, `@${nameOf(node.id, node.label)}`);
  if (node.type === 'group')
    return h(
      'span',
      { class: 'mention' },
      `@${groupOf(node.id)?.handle ?? (node.label ?? node.id).replace(/^@/, '')}`,
    );
  const name = channelOf(node.id)?.name ?? node.label;
  if (name === null) return h('span', { class: 'mention' }, '#private channel');
  return h(
    'button',
    { type: 'button', class: 'mention mention-channel', onclick: () => openChannel(node.id) },
    `#${name}`,
  );
}

/** An emoji by its shortcode: our drawing, else the Unicode character, else the shortcode as it was written. */
export function renderEmoji(name: string): Node {
  const picture = emojiArt(name) ?? emojiFor(name);
  if (picture === null) return textNode(`:${name}:`);
  return h('span', { class: 'emoji', role: 'img', 'aria-label': name.replaceAll('_', ' ') }, picture);
}

function renderDate(node: Extract<Inline, { type: 'date' }>): Node {
  const text = formatDateToken(node.epoch, node.format, { now: new Date() });
  if (text === null) return textNode(node.fallback);
  const at = new Date(node.epoch * 1000).toISOString();
  const time = h('time', { datetime: at, title: `${at.replace('T', ' ').slice(0, 16)} UTC` }, text);
  return node.url === null ? time : link(node.url, [time]);
}

/** A link out of the page; `url` has passed safeUrl. */
export function link(url: string, children: Node[]): HTMLElement {
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, ...children);
}

function textNode(text: string): Text {
  return document.createTextNode(text);
}
