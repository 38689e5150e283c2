const LONGEST_NAME = 100;
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9 ._-]*\.md$/;

/** Why a file of this name is not read as a playbook, or null. Names stay in ASCII so that no two can look or fold alike. */
export function checkFileName(name: string): string | null {
  if (name.length > LONGEST_NAME)
    return `the name has ${name.length} characters; at most ${LONGEST_NAME} are allowed`;
  if (name.includes('..')) return 'the name holds ".."; a playbook lies directly in its folder';
  if (!PLAIN_NAME.test(name))
    return 'the name may hold letters a-z, digits, spaces, ".", "_" and "-", begins with a letter or digit and ends in ".md"';
  return null;
}

/** A playbook's id: the name without `.md`, in lower case, spaces and underscores as hyphens. */
export function playbookId(name: string): string {
  return name.replace(/\.md$/, '').toLowerCase().replaceAll(/[ _]+/g, '-');
}

/** Names that give the same id, such as `P0.md` and `p0.md`: on some machines they are one file. */
export function nameTwins(names: readonly string[]): string[][] {
  const byId = Map.groupBy(names, playbookId);
  return [...byId.values()].filter((twins) => twins.length > 1).map((twins) => twins.toSorted());
}
