/** Longest playbook file in bytes. */
export const LARGEST_PLAYBOOK_BYTES = 256 * 1024;

// The Markdown parser is quadratic in the marks of one paragraph and in the number of blocks, and recursive in quotes
// and lists (measured: 16,384 times "_a*" take 2.5 s, 5,000 headings 8.6 s, 16,384 times ">" end the stack).
const MOST_LINES = 2000;
const LONGEST_LINE = 4000;
const DEEPEST_INDENT = 200;
const DEEPEST_NESTING = 40;
const MOST_MARKS_IN_A_PARAGRAPH = 1000;
const MARK = /[*_[\]!~`<>|&]/g;
/** Certainly begins a paragraph of its own: other list items and quotes may go on with the one before. */
const NEW_BLOCK = /^(?:\s*$| {0,3}(?:[-*+]\s|1[.)]\s|#{1,6}\s))/;
const NESTING = /^(?:[>\s]|[-*+](?=\s)|\d{1,9}[.)](?=\s))*/;

/** Why the text is not given to the Markdown parser, or null. Lines count from 1. */
export function checkText(text: string): { readonly line: number; readonly message: string } | null {
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > LARGEST_PLAYBOOK_BYTES)
    return {
      line: 0,
      message: `the file has ${bytes} bytes; at most ${LARGEST_PLAYBOOK_BYTES} (256 KiB) are read`,
    };
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.length > MOST_LINES)
    return { line: 0, message: `the file has ${lines.length} lines; at most ${MOST_LINES} are read` };
  let marks = 0;
  for (const [index, content] of lines.entries()) {
    const line = index + 1;
    marks = (NEW_BLOCK.test(content) ? 0 : marks) + (content.match(MARK)?.length ?? 0);
    const message = checkLine(content, marks);
    if (message !== null) return { line, message };
  }
  return null;
}

function checkLine(content: string, marks: number): string | null {
  if (hasControlCharacter(content)) return 'a control character stands here; only plain text is read';
  if (content.length > LONGEST_LINE)
    return `the line has ${content.length} characters; at most ${LONGEST_LINE} are read`;
  if (marks > MOST_MARKS_IN_A_PARAGRAPH)
    return `the paragraph has more than ${MOST_MARKS_IN_A_PARAGRAPH} Markdown marks; put an empty line between its parts`;
  if (content.search(/\S/) > DEEPEST_INDENT)
    return `the line is indented by more than ${DEEPEST_INDENT} characters`;
  const prefix = NESTING.exec(content)?.[0] ?? '';
  if ((prefix.match(/>|[-*+]|\d+[.)]/g)?.length ?? 0) > DEEPEST_NESTING)
    return `quotes and lists are nested deeper than ${DEEPEST_NESTING} levels`;
  return null;
}

function hasControlCharacter(content: string): boolean {
  for (let index = 0; index < content.length; index += 1) {
    const code = content.charCodeAt(index);
    if ((code < 32 && code !== 9) || code === 127) return true;
  }
  return false;
}
