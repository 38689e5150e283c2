/** Tags that by custom are moved to newer images, and versions that leave the last part open (1, 1.4). */
const MOVING =
  /^(latest|stable|main|master|trunk|edge|nightly|dev|develop|development|staging|prod|production|release|\d+(\.\d+)?)$/i;

/** The tag of an image when it may mean another image tomorrow; undefined for a digest or a full version. */
export function movingTag(image: string): string | undefined {
  if (image.includes('@')) return undefined;
  const name = image.slice(image.lastIndexOf('/') + 1);
  const colon = name.indexOf(':');
  const tag = colon === -1 ? 'latest' : name.slice(colon + 1);
  return MOVING.test(tag) ? tag : undefined;
}
