import { safeUrl } from './mrkdwn.ts';
import type { Inline } from './mrkdwn.ts';

/** A small subset of Markdown, for `markdown` blocks and previews of .md files. Pure. */
export type MarkdownBlock =
  | { type: 'heading'; level: number; children: Inline[] }
  | { type: 'paragraph' | 'quote'; children: Inline[] }
  | {
      type: 'list';
      ordered: boolean;
      items: { children: Inline[]; depth: number; checked: boolean | null }[];
    }
  | { type: 'code'; text: string }
  | { type: 'table'; head: Inline[][]; rows: Inline[][][] }
  | { type: 'rule' };

export function parseMarkdown(text: string): MarkdownBlock[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const blocks: MarkdownBlock[] = [];
  let at = 0;
  while (at < lines.length) {
    const { block, next } = readBlock(lines, at);
    if (block !== null) blocks.push(block);
    at = Math.max(next, at + 1);
  }
  return blocks;
}

/** What stands within a line: code, bold, italic, strike, links; everything else is text. */
export function parseMarkdownInline(text: string): Inline[] {
  const out: Inline[] = [];
  const pattern =
    /\\([\\`*_{}[\]()#+\-.!|~<>&])|(`+)(.+?)\2(?!`)|\*\*(.+?)\*\*|__(.+?)__|~~(.+?)~~|\*([^\s*](?:[^*]*[^\s*])?)\*|(?<![\p{L}\p{N}])_([^\s_](?:[^_]*[^\s_])?)_(?![\p{L}\p{N}])|\[([^\]]+)\]\(([^()\s]+)\)|:([a-z0-9_+-]+):|(https?:\/\/[^\s<>)]+)/gu;
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    pushText(out, text.slice(last, match.index));
    const node = inlineOf(match);
    if (node.type === 'text') pushText(out, node.text);
    else out.push(node);
    last = match.index + match[0].length;
  }
  pushText(out, text.slice(last));
  return out;
}

interface Read {
  block: MarkdownBlock | null;
  next: number;
}

const LIST_ITEM = /^(\s*)(?:[-*+]|(\d+)[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/;

function readBlock(lines: readonly string[], at: number): Read {
  const line = lines[at] ?? '';
  if (line.trim() === '') return { block: null, next: at + 1 };
  if (line.startsWith('```')) return readCode(lines, at);
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading !== null)
    return {
      block: {
        type: 'heading',
        level: heading[1]?.length ?? 1,
        children: parseMarkdownInline(heading[2] ?? ''),
      },
      next: at + 1,
    };
  if (/^\s*([-*_])\s*(?:\1\s*){2,}$/.test(line)) return { block: { type: 'rule' }, next: at + 1 };
  if (LIST_ITEM.test(line)) return readList(lines, at);
  if (line.startsWith('|') && /^\|?[\s:|-]+\|?$/.test(lines[at + 1] ?? '')) return readTable(lines, at);
  if (line.startsWith('>')) return readWhile(lines, at, 'quote', (next) => next.startsWith('>'));
  return readWhile(
    lines,
    at,
    'paragraph',
    (next) => next.trim() !== '' && !/^(?:#{1,6}\s|```|>|\|)/.test(next) && !LIST_ITEM.test(next),
  );
}

function readCode(lines: readonly string[], at: number): Read {
  const end = lines.findIndex((line, index) => index > at && line.startsWith('```'));
  const last = end < 0 ? lines.length : end;
  return { block: { type: 'code', text: lines.slice(at + 1, last).join('\n') }, next: last + 1 };
}

function readList(lines: readonly string[], at: number): Read {
  const items: { children: Inline[]; depth: number; checked: boolean | null }[] = [];
  let next = at;
  let ordered = false;
  for (
    let match = LIST_ITEM.exec(lines[next] ?? '');
    match !== null;
    match = LIST_ITEM.exec(lines[next] ?? '')
  ) {
    const [, indent = '', number, box, words = ''] = match;
    if (next === at) ordered = number !== undefined;
    items.push({
      children: parseMarkdownInline(words),
      depth: Math.min(Math.floor(indent.length / 2), 3),
      checked: box === undefined ? null : box !== ' ',
    });
    next += 1;
  }
  return { block: { type: 'list', ordered, items }, next };
}

function readTable(lines: readonly string[], at: number): Read {
  let next = at + 2;
  const rows: Inline[][][] = [];
  while ((lines[next] ?? '').startsWith('|')) {
    rows.push(cells(lines[next] ?? ''));
    next += 1;
  }
  return { block: { type: 'table', head: cells(lines[at] ?? ''), rows }, next };
}

function cells(line: string): Inline[][] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => parseMarkdownInline(cell.trim()));
}

function readWhile(
  lines: readonly string[],
  at: number,
  type: 'quote' | 'paragraph',
  goesOn: (line: string) => boolean,
): Read {
  const children: Inline[] = [];
  let next = at;
  while (next < lines.length && (next === at || goesOn(lines[next] ?? ''))) {
    if (next > at) children.push({ type: 'break' });
    children.push(...parseMarkdownInline((lines[next] ?? '').replace(type === 'quote' ? /^>\s?/ : /^/, '')));
    next += 1;
  }
  return { block: { type, children }, next };
}

function inlineOf(match: RegExpExecArray): Inline {
  const [whole, escaped, , code, bold, bold2, strike, italic, italic2, label, url, emoji, bare] = match;
  if (escaped !== undefined) return { type: 'text', text: escaped };
  if (code !== undefined) return { type: 'code', children: [{ type: 'text', text: code }] };
  const strong = bold ?? bold2;
  if (strong !== undefined) return { type: 'bold', children: parseMarkdownInline(strong) };
  if (strike !== undefined) return { type: 'strike', children: parseMarkdownInline(strike) };
  const slanted = italic ?? italic2;
  if (slanted !== undefined) return { type: 'italic', children: parseMarkdownInline(slanted) };
  if (emoji !== undefined) return { type: 'emoji', name: emoji };
  const target = safeUrl(url ?? bare ?? '');
  if (target === null) return { type: 'text', text: label ?? whole };
  return { type: 'link', url: target, children: [{ type: 'text', text: label ?? target }] };
}

function pushText(out: Inline[], text: string): void {
  const last = out.at(-1);
  if (text === '') return;
  if (last?.type === 'text') last.text += text;
  else out.push({ type: 'text', text });
}
