/** Text of people and senders as one line of Markdown: it can neither open a block nor a link, image or HTML tag. */
export function line(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>#|~]/g, (character) => `\\${character}`);
}

/** The same inside a table cell, where a bar would end it. */
export function cell(text: string): string {
  const escaped = line(text);
  return escaped === '' ? ' ' : escaped;
}
