import type { PhrasingContent, RootContent } from 'mdast';

/** Inline Markdown as plain text on one line: marks and HTML dropped, spaces joined. */
export function inlineText(nodes: readonly PhrasingContent[]): string {
  return nodes.map(textOf).join('').replaceAll(/\s+/g, ' ').trim();
}

export interface BlockParts {
  readonly notes: readonly string[];
  /** Code blocks, and paragraphs or bullets that are nothing but code. */
  readonly commands: readonly string[];
}

/** What stands below a step, as plain text; list items with a box are left out, since they are steps themselves. */
export function blockParts(nodes: readonly RootContent[]): BlockParts {
  const parts = nodes.map(partsOf);
  return { notes: parts.flatMap((part) => part.notes), commands: parts.flatMap((part) => part.commands) };
}

function partsOf(node: RootContent): BlockParts {
  switch (node.type) {
    case 'code':
      return { notes: [], commands: [node.value] };
    case 'paragraph': {
      const [only, ...more] = node.children;
      if (only?.type === 'inlineCode' && more.length === 0) return { notes: [], commands: [only.value] };
      return { notes: [inlineText(node.children)].filter((text) => text !== ''), commands: [] };
    }
    case 'list':
      return blockParts(
        node.children.filter((item) => typeof item.checked !== 'boolean').flatMap((item) => item.children),
      );
    case 'blockquote':
      return blockParts(node.children);
    default:
      return { notes: [], commands: [] };
  }
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
