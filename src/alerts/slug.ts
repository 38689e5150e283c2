/** Longest slug: leaves room in Slack's 80 characters for "inc-", a number of any length and a suffix. */
export const MAX_SLUG = 50;

/** A title as part of a channel name: a–z, 0–9 and single dashes, never empty, at most 50 characters. */
export function slugOf(title: string): string {
  const plain = title
    .slice(0, 500)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'incident' : plain;
}
