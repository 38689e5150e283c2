import { sign } from './icons.ts';
import type { Channel } from './types.ts';

/** What stands before a channel's name: a hash, a lock, or nothing for a direct message. */
export function channelSign(channel: Channel): Node {
  if (channel.is_im === true) return document.createTextNode('@');
  return channel.is_private === true ? sign('lock') : document.createTextNode('#');
}
