/**
 * Whether `text` matches `pattern`, where * stands for any run of characters and everything else for itself. Case
 * counts. No regular expression and no backtracking over stars, so no pattern can hang the process.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const head = parts[0] ?? '';
  if (parts.length === 1) return text === head;
  const tail = parts.at(-1) ?? '';
  if (text.length < head.length + tail.length || !text.startsWith(head) || !text.endsWith(tail)) return false;
  let from = head.length;
  const end = text.length - tail.length;
  for (const part of parts.slice(1, -1)) {
    // The first place where a part fits leaves most room for the rest.
    const at = text.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
