import type { PhrasingContent, RootContent } from 'mdast';

/** Inline Markdown as plain text on one line: marks and HTML dropped, spaces joined. */
export function inlineText(nodes: readonly PhrasingContent[]): string {
  return nodes.map(textOf).join('').replaceAll(/\s+/g, ' ').trim();
}

/** The paragraphs of a block as plain text, one entry each; code blocks are left out. */
export function blockTexts(node: RootContent): string[] {
  if (node.type === 'paragraph' || node.type === 'heading')
    return [inlineText(node.children)].filter((text) => text !== '');
  if (node.type === 'list') return node.children.flatMap((item) => item.children.flatMap(blockTexts));
  if (node.type === 'blockquote') return node.children.flatMap(blockTexts);
  return [];
}

function textOf(node: PhrasingContent): string {
  switch (node.type) {
    case 'text':
    case 'inlineCode':
      return node.value;
    case 'break':
      return ' ';
    case 'image':
    case 'imageReference':
      return node.alt ?? '';
    case 'html':
    case 'footnoteReference':
      return '';
    default:
      return node.children.map(textOf).join('');
  }
}
