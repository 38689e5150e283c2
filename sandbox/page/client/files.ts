import { h } from './dom.ts';
import { sign } from './icons.ts';
import { renderMarkdown } from './markdown-dom.ts';
import { safeUrl } from './mrkdwn.ts';
import type { MessageFile } from './types.ts';

const PREVIEW_CHARACTERS = 20_000;

/** A shared file: its name, a link to download it, and its text folded in if it has one. */
export function renderFile(file: MessageFile): HTMLElement {
  const url = safeUrl(
    file.url_private ?? `/slack/files/${encodeURIComponent(file.id)}/${encodeURIComponent(file.name)}`,
  );
  const title = file.title ?? file.name;
  const head = h(
    'div',
    { class: 'file-head' },
    h('span', { class: 'file-icon', 'aria-hidden': 'true' }, sign('file')),
    h(
      'span',
      { class: 'file-name' },
      h('strong', {}, title),
      h('span', { class: 'quiet' }, ` ${sizeOf(file.size)}`),
    ),
    url === null ? null : h('a', { class: 'button small', href: path(url), download: file.name }, 'Download'),
  );
  const box = h('div', { class: 'file', 'data-testid': `file-${file.id}` }, head);
  if (url !== null && isText(file)) box.append(preview(path(url), file));
  return box;
}

/** Files come from this server: only the path counts, whatever host name was used. */
function path(url: string): string {
  const { pathname, search } = new URL(url, location.href);
  return pathname + search;
}

function preview(url: string, file: MessageFile): HTMLElement {
  const body = h('div', { class: 'file-preview' });
  const details = h('details', {}, h('summary', {}, 'Preview'), body);
  details.addEventListener('toggle', () => {
    if (details.open && body.childElementCount === 0) void fill(body, url, file);
  });
  return details;
}

async function fill(body: HTMLElement, url: string, file: MessageFile): Promise<void> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP ${String(response.status)}`);
    const text = (await response.text()).slice(0, PREVIEW_CHARACTERS);
    body.replaceChildren(
      file.name.endsWith('.md') ? renderMarkdown(text) : h('pre', { tabindex: 0 }, h('code', {}, text)),
    );
  } catch (error) {
    body.replaceChildren(
      h('p', { class: 'error', role: 'alert' }, `The file could not be read (${String(error)}).`),
    );
  }
}

function isText(file: MessageFile): boolean {
  return (
    /^text\/|json|yaml|markdown/.test(file.mimetype ?? '') ||
    /\.(?:md|txt|log|json|ya?ml|csv)$/i.test(file.name)
  );
}

function sizeOf(bytes: number | undefined): string {
  if (bytes === undefined) return '';
  return bytes < 1024 ? `${String(bytes)} bytes` : `${(bytes / 1024).toFixed(1)} KB`;
}
