import { h } from './dom.ts';
import { link, plainString } from './mrkdwn-dom.ts';
import { safeUrl } from './mrkdwn.ts';

interface Picture {
  image_url?: string;
  slack_file?: { url?: string; id?: string };
  alt_text?: string;
}

/** An image of this server is shown; one from elsewhere is named and linked, since the page asks nobody outside. */
export function renderPicture(picture: Picture, className = 'picture-small'): HTMLElement {
  const alt = plainString(picture.alt_text ?? 'Image');
  const url = safeUrl(picture.image_url ?? picture.slack_file?.url ?? '');
  if (url !== null && isOwn(url)) return h('img', { class: className, src: url, alt });
  const words = url === null ? alt : link(url, [document.createTextNode(alt)]);
  return h('span', { class: `picture-away ${className}` }, words);
}

function isOwn(url: string): boolean {
  return new URL(url, location.href).origin === location.origin;
}
