import { append, h } from './dom.ts';
import { link, renderInlines } from './mrkdwn-dom.ts';
import { safeUrl } from './mrkdwn.ts';
import type { Inline } from './mrkdwn.ts';

/** What rich_text carries, flattened: which fields are there depends on `type`. */
interface Part {
  type: string;
  elements?: Part[];
  style?: string | { bold?: boolean; italic?: boolean; strike?: boolean; code?: boolean };
  text?: string;
  url?: string;
  name?: string;
  unicode?: string;
  user_id?: string;
  channel_id?: string;
  usergroup_id?: string;
  range?: string;
  value?: string;
  timestamp?: number;
  format?: string;
  fallback?: string;
  indent?: number;
}

/** A rich_text block (or a table's rich cell) as DOM. */
export function renderRichText(elements: readonly unknown[]): HTMLElement {
  return h('div', { class: 'text rich-text' }, ...elements.filter(isPart).map(renderGroup));
}

function renderGroup(part: Part): Node {
  const children = part.elements ?? [];
  if (part.type === 'rich_text_list') {
    const list = h(part.style === 'ordered' ? 'ol' : 'ul', {
      class: `indent-${String(Math.min(part.indent ?? 0, 4))}`,
    });
    append(
      list,
      children.map((child) => h('li', {}, ...(child.elements ?? []).map(renderPart))),
    );
    return list;
  }
  if (part.type === 'rich_text_preformatted')
    return h('pre', { tabindex: 0 }, h('code', {}, ...children.map(renderPart)));
  if (part.type === 'rich_text_quote') return h('blockquote', {}, ...children.map(renderPart));
  return h('p', {}, ...children.map(renderPart));
}

const MENTIONS: Readonly<Record<string, (part: Part) => Inline>> = {
  user: (part) => ({ type: 'user', id: part.user_id ?? '', label: null }),
  channel: (part) => ({ type: 'channel', id: part.channel_id ?? '', label: null }),
  usergroup: (part) => ({ type: 'group', id: part.usergroup_id ?? '', label: null }),
  broadcast: (part) => ({ type: 'broadcast', range: part.range ?? 'channel' }),
  emoji: (part) => ({ type: 'emoji', name: part.name ?? '' }),
  date: (part) => ({
    type: 'date',
    epoch: part.timestamp ?? 0,
    format: part.format ?? '',
    url: safeUrl(part.url ?? ''),
    fallback: part.fallback ?? '',
  }),
};

function renderPart(part: Part): Node {
  const token = Object.hasOwn(MENTIONS, part.type) ? MENTIONS[part.type] : undefined;
  if (token !== undefined) return h('span', {}, ...renderInlines([token(part)]));
  if (part.type === 'link') return styled(part, renderLink(part));
  return styled(part, h('span', { class: 'pre-line' }, part.text ?? part.value ?? ''));
}

function renderLink(part: Part): Node {
  const url = safeUrl(part.url ?? '');
  const words = document.createTextNode(part.text ?? part.url ?? '');
  return url === null ? words : link(url, [words]);
}

function styled(part: Part, node: Node): Node {
  if (typeof part.style !== 'object') return node;
  const { bold, italic, strike, code } = part.style;
  let out = node;
  if (code === true) out = h('code', {}, out);
  if (strike === true) out = h('s', {}, out);
  if (italic === true) out = h('em', {}, out);
  if (bold === true) out = h('strong', {}, out);
  return out;
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
