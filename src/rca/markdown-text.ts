/** Controls, direction marks, lone surrogates: they show nothing, or turn what stands beside them. */
const INVISIBLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** Longest piece of foreign text in a document, in characters. */
const LONGEST = 2_000;

/**
 * Text of people and senders as one line of Markdown: it can neither open a block nor a link, image or HTML tag. Addresses
 * stay readable as what they are.
 */
export function line(text: string): string {
  const flat = text.replace(/\s+/g, ' ').replace(INVISIBLE, '').trim();
  const short = flat.length > LONGEST ? `${flat.slice(0, LONGEST).toWellFormed()}…` : flat;
  return short
    .replace(/[\\`*_[\]<>#|~&$]/g, (character) => `\\${character}`)
    .replace(/^([-+=])/, '\\$1')
    .replace(/^(\d{1,9})([.)])/, '$1\\$2');
}

/** The same inside a table cell, where a bar would end it. */
export function cell(text: string): string {
  const escaped = line(text);
  return escaped === '' ? ' ' : escaped;
}
