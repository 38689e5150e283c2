/** Slack's mrkdwn, read into a small tree. Pure: what becomes of the tree is decided in mrkdwn-dom.ts. */

export type Inline =
  | { type: 'text'; text: string }
  | { type: 'bold' | 'italic' | 'strike' | 'code'; children: Inline[] }
  | { type: 'link'; url: string; children: Inline[] }
  | { type: 'user' | 'channel' | 'group'; id: string; label: string | null }
  | { type: 'broadcast'; range: string }
  | { type: 'date'; epoch: number; format: string; url: string | null; fallback: string }
  | { type: 'emoji'; name: string }
  | { type: 'break' };

export type Paragraph =
  | { type: 'paragraph'; children: Inline[] }
  | { type: 'quote'; children: Inline[] }
  | { type: 'pre'; children: Inline[] };

/** Reads mrkdwn: fenced code first, then quotes line by line, then what is inside a line. */
export function parseMrkdwn(text: string): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  const parts = text.split('```');
  const unclosed = parts.length % 2 === 0;
  for (const [index, part] of parts.entries()) {
    const fenced = index % 2 === 1;
    if (fenced && unclosed && index === parts.length - 1) paragraphs.push(...parseLines('```' + part));
    else if (fenced)
      paragraphs.push({ type: 'pre', children: parseTokens(part.replace(/^\n/, '').replace(/\n$/, '')) });
    else paragraphs.push(...parseLines(trimAround(part, index > 0, index < parts.length - 1)));
  }
  return paragraphs;
}

/** Everything that stands within one line. */
export function parseInline(text: string): Inline[] {
  const out: Inline[] = [];
  let rest = text;
  let before = '';
  while (rest !== '') {
    const hit = matchAt(rest, before);
    const taken = hit?.length ?? plainLength(rest);
    if (hit === null) pushText(out, decodeEntities(rest.slice(0, taken)));
    else out.push(...hit.nodes);
    before = rest.charAt(taken - 1);
    rest = rest.slice(taken);
  }
  return out;
}

/** Turns `&amp; &lt; &gt;` back into the characters they stand for, once. */
export function decodeEntities(text: string): string {
  return text.replaceAll(/&(amp|lt|gt);/g, (_whole, name: string) =>
    name === 'amp' ? '&' : name === 'lt' ? '<' : '>',
  );
}

/** What a client does to typed text before it is sent: `& < >` become entities. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The address if a link may go there (http, https, mailto, or a path of this server), else null. */
export function safeUrl(url: string): string | null {
  if (/^https?:\/\/[^\s]+$/i.test(url) || /^mailto:[^\s]+$/i.test(url)) return url;
  return /^\/(?![/\\])[^\s\\]*$/.test(url) ? url : null;
}

interface Hit {
  length: number;
  nodes: Inline[];
}

const SPANS: Readonly<Record<string, 'bold' | 'italic' | 'strike' | 'code'>> = {
  '*': 'bold',
  _: 'italic',
  '~': 'strike',
  '`': 'code',
};

function parseLines(text: string): Paragraph[] {
  const paragraphs: Paragraph[] = [];
  if (text === '') return paragraphs;
  for (const line of text.split('\n')) {
    const quoted = /^(?:&gt;|>) ?(.*)$/s.exec(line);
    const type = quoted === null ? 'paragraph' : 'quote';
    const children = parseInline(quoted?.[1] ?? line);
    const last = paragraphs.at(-1);
    if (last?.type === type) last.children.push({ type: 'break' }, ...children);
    else paragraphs.push({ type, children });
  }
  return paragraphs;
}

/** A fenced block stands on its own line: the newlines that set it apart are not shown again. */
function trimAround(text: string, afterFence: boolean, beforeFence: boolean): string {
  const start = afterFence ? text.replace(/^\n/, '') : text;
  return beforeFence ? start.replace(/\n$/, '') : start;
}

function matchAt(rest: string, before: string): Hit | null {
  const first = rest.charAt(0);
  if (first === '<') return matchToken(rest);
  if (first === ':') return matchEmoji(rest);
  if (first === 'h') return matchBareUrl(rest, before);
  return SPANS[first] === undefined ? null : matchSpan(rest, before);
}

function matchSpan(rest: string, before: string): Hit | null {
  const mark = rest.charAt(0);
  const type = SPANS[mark];
  if (type === undefined || isWord(before)) return null;
  const closing = closingMark(rest, mark);
  if (closing < 0) return null;
  const inner = rest.slice(1, closing);
  const children = type === 'code' ? parseTokens(inner) : parseInline(inner);
  return { length: closing + 1, nodes: [{ type, children }] };
}

/** Where the span ends: the mark must hug its text on both sides and stand outside of `<…>` tokens. */
function closingMark(rest: string, mark: string): number {
  if (rest.charAt(1) === mark || (mark !== '`' && /^\s/.test(rest.slice(1)))) return -1;
  let inToken = false;
  for (let at = 2; at < rest.length; at += 1) {
    const char = rest.charAt(at);
    if (char === '<') inToken = rest.indexOf('>', at) > 0;
    else if (char === '>') inToken = false;
    else if (
      char === mark &&
      !inToken &&
      !isWord(rest.charAt(at + 1)) &&
      (mark === '`' || !/\s/.test(rest.charAt(at - 1)))
    )
      return at;
  }
  return -1;
}

function matchEmoji(rest: string): Hit | null {
  const found = /^:([a-z0-9_+-]{1,64}):/.exec(rest);
  const name = found?.[1];
  return name === undefined || /^\d+$/.test(name)
    ? null
    : { length: name.length + 2, nodes: [{ type: 'emoji', name }] };
}

function matchBareUrl(rest: string, before: string): Hit | null {
  if (isWord(before)) return null;
  const found = /^https?:\/\/(?:(?!&[lg]t;)[^\s<>*`|])+/.exec(rest)?.[0].replace(/[.,;:!?)\]'"_~]+$/, '');
  if (found === undefined || !/^https?:\/\/\w/.test(found)) return null;
  const url = decodeEntities(found);
  return { length: found.length, nodes: [{ type: 'link', url, children: [{ type: 'text', text: url }] }] };
}

function matchToken(rest: string): Hit | null {
  const found = /^<([^<>\n]+)>/.exec(rest);
  if (found?.[1] === undefined) return null;
  return { length: found[0].length, nodes: [readToken(found[1])] };
}

function readToken(body: string): Inline {
  const bar = body.indexOf('|');
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? null : decodeEntities(body.slice(bar + 1));
  if (/^@[UWB][A-Z0-9]+$/.test(target)) return { type: 'user', id: target.slice(1), label };
  if (/^#[CGD][A-Z0-9]+$/.test(target)) return { type: 'channel', id: target.slice(1), label };
  if (target.startsWith('!')) return readSpecial(target.slice(1), label);
  const url = safeUrl(decodeEntities(target));
  if (url === null) return { type: 'text', text: label ?? decodeEntities(`<${body}>`) };
  return { type: 'link', url, children: [{ type: 'text', text: label ?? url.replace(/^mailto:/, '') }] };
}

function readSpecial(target: string, label: string | null): Inline {
  const [kind = '', first = '', format = '', url = ''] = target.split('^');
  if (kind === 'subteam') return { type: 'group', id: first, label };
  if (kind === 'here' || kind === 'channel' || kind === 'everyone') return { type: 'broadcast', range: kind };
  if (kind === 'date' && /^\d{1,12}$/.test(first)) {
    return {
      type: 'date',
      epoch: Number(first),
      format: decodeEntities(format),
      url: safeUrl(url),
      fallback: label ?? '',
    };
  }
  return { type: 'text', text: label ?? `<!${target}>` };
}

/** Code shows its characters as they are; only `<…>` tokens still work in it. */
function parseTokens(text: string): Inline[] {
  const out: Inline[] = [];
  for (const part of text.split(/(<[^<>\n]+>)/)) {
    const hit = part.startsWith('<') ? matchToken(part) : null;
    if (hit === null) pushText(out, decodeEntities(part));
    else out.push(...hit.nodes);
  }
  return out;
}

function pushText(out: Inline[], text: string): void {
  const last = out.at(-1);
  if (text === '') return;
  if (last?.type === 'text') last.text += text;
  else out.push({ type: 'text', text });
}

/** How much is surely plain: at least one character, up to the next that could open something. Entities stay whole. */
function plainLength(rest: string): number {
  const entity = /^&(?:amp|lt|gt);/.exec(rest);
  if (entity !== null) return entity[0].length;
  const next = /[<:h*_~`&]/.exec(rest.slice(1));
  return next === null ? rest.length : next.index + 1;
}

function isWord(char: string): boolean {
  return /[\p{L}\p{N}]/u.test(char);
}
