import type { Incident } from './model.ts';

/** Slack's limit for the name of a channel. */
export const MAX_CHANNEL_NAME = 80;

/**
 * The channel's name: inc-<number>-<slug>, and -2, -3 … after the slug when others had the name. Lower case letters,
 * digits and dashes, at most 80 characters, whatever the slug is.
 * @param suffix how often a name was taken
 */
export function channelName(incident: Pick<Incident, 'number' | 'slug'>, suffix: number): string {
  const start = `inc-${incident.number}`;
  const end = suffix === 0 ? '' : `-${suffix + 1}`;
  const slug = incident.slug
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, Math.max(0, MAX_CHANNEL_NAME - start.length - end.length - 1))
    .replace(/^-+|-+$/g, '');
  return slug === '' ? `${start}${end}` : `${start}-${slug}${end}`;
}
