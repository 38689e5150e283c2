import type { Checklist, ChecklistItem } from './model.ts';
import type { Playbook, PlaybookPhase, PlaybookStep } from './playbook/model.ts';
import { phaseProgress, unfoldedPhases } from './policy.ts';
import type { PhaseProgress } from './policy.ts';

/** One box; its text is plain and not escaped yet. */
export interface BoxOption {
  readonly stepId: string;
  /** At most 75 characters, also when escaped. */
  readonly text: string;
  readonly checked: boolean;
}

/** A piece of a step's help; a long one is cut in several. */
export interface DetailLine {
  readonly kind: 'text' | 'note' | 'command' | 'link';
  /** Plain, not escaped. For a link its text. */
  readonly text: string;
  readonly url: string | null;
}

/** What becomes one block of Slack. */
export type ChecklistBlock =
  | {
      readonly kind: 'phase';
      readonly progress: PhaseProgress;
      readonly unfolded: boolean;
      readonly continued: boolean;
    }
  | {
      readonly kind: 'boxes';
      readonly phaseId: string;
      /** Position of the phase in the playbook and of the group in the phase, from 0. */
      readonly phase: number;
      readonly group: number;
      /** Every step of the group, also those without a box. */
      readonly stepIds: readonly string[];
      readonly options: readonly BoxOption[];
    }
  /** What a box cannot hold: the whole text of a shortened step, notes, commands, its action; or a skipped step. */
  | {
      readonly kind: 'detail';
      readonly phaseId: string;
      readonly step: PlaybookStep;
      readonly skipped: boolean;
      /** At most 2,500 characters, escaped; a longer detail goes on in the next block. */
      readonly lines: readonly DetailLine[];
      /** Only the first block of a step carries its button. */
      readonly first: boolean;
    };

export interface ChecklistPage {
  readonly blocks: readonly ChecklistBlock[];
  /** Estimate of the message's size, see `blockSize`. */
  readonly characters: number;
}

export interface PageLimits {
  readonly blocks: number;
  readonly characters: number;
  /** Boxes in one group; MOST_OPTIONS unless given. */
  readonly options?: number;
}

/** Boxes in one group, and characters in one box (Slack's limits). */
export const MOST_OPTIONS = 10;
export const LONGEST_OPTION = 75;

/**
 * Of one message: 50 blocks by Slack's documentation, and about 13,200 characters before it answers `msg_blocks_too_long`
 * (slackapi/bolt-js#2509). Six blocks and 1,200 characters are kept for the title and the buttons below.
 */
export const PAGE_LIMITS: PageLimits = { blocks: 44, characters: 12_000 };

/**
 * As the messages have it: a group for each box, so that its menu to skip it, its button and its commands stand beside
 * it, where a thumb on a phone looks for them.
 */
export const MESSAGE_LIMITS: PageLimits = { ...PAGE_LIMITS, options: 1 };

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

const LONGEST_DETAIL = 2500;
/** What surrounds a line: a bullet, back quotes, a line break. */
const LINE_MARKS = 10;
/** A button of up to 75 characters and the menu of the reasons to skip. */
const BESIDE_BOX = 220;

/** The messages of a checklist: the current phase and those that run throughout in full, the others as a line each. */
export function paginate(
  playbook: Playbook,
  items: Checklist['items'],
  limits: PageLimits = PAGE_LIMITS,
): readonly ChecklistPage[] {
  const unfolded = new Set(unfoldedPhases(playbook, items));
  const pages: ChecklistBlock[][] = [[]];
  for (const [index, phase] of playbook.phases.entries()) {
    const progress = phaseProgress(phase, items);
    const rest: ChecklistBlock[] = unfolded.has(phase) ? phaseBlocks(phase, index, items, limits) : [];
    const [head, ...more] = [
      { kind: 'phase' as const, progress, unfolded: unfolded.has(phase), continued: false },
      ...rest,
    ];
    const opening = [head, ...more.splice(0, 1)];
    if (!fits(pages.at(-1) ?? [], opening, limits)) pages.push([]);
    pages.at(-1)?.push(...opening);
    for (const block of more) {
      if (!fits(pages.at(-1) ?? [], [block], limits)) pages.push([{ ...head, continued: true }]);
      pages.at(-1)?.push(block);
    }
  }
  return pages.map((blocks) => ({ blocks, characters: sizeOf(blocks) }));
}

/** The text, cut at a word with … when its escaped form is longer than Slack allows. */
export function shorten(text: string, longest: number = LONGEST_OPTION): string {
  if (escapedLength(text) <= longest) return text;
  const graphemes = [...GRAPHEMES.segment(text)].map((each) => each.segment);
  let kept = '';
  for (const grapheme of graphemes) {
    if (escapedLength(kept + grapheme) > longest - 1) break;
    kept += grapheme;
  }
  const atWord = kept.lastIndexOf(' ');
  return `${(atWord > kept.length / 2 ? kept.slice(0, atWord) : kept).replace(/[\s,;:.–-]+$/, '')}…`;
}

/** The blocks of one phase in full, below its heading. */
export function phaseBlocks(
  phase: PlaybookPhase,
  index: number,
  items: Checklist['items'],
  { options: size = MOST_OPTIONS }: PageLimits,
): ChecklistBlock[] {
  const groups = Math.ceil(phase.steps.length / size);
  return Array.from({ length: groups }, (_, group) => {
    const steps = phase.steps.slice(group * size, (group + 1) * size);
    const offered = steps.filter((step) => items.get(step.id)?.state !== 'skipped');
    const options = offered.map((step) => ({
      stepId: step.id,
      text: shorten(step.text),
      checked: isDone(items.get(step.id)),
    }));
    const stepIds = steps.map((step) => step.id);
    const boxes: ChecklistBlock = { kind: 'boxes', phaseId: phase.id, phase: index, group, stepIds, options };
    return [
      ...(options.length === 0 ? [] : [boxes]),
      ...steps.flatMap((step) => detailBlocks(step, phase.id, items.get(step.id))),
    ];
  }).flat();
}

function isDone(item: ChecklistItem | undefined): boolean {
  return item?.state === 'done';
}

function detailBlocks(
  step: PlaybookStep,
  phaseId: string,
  item: ChecklistItem | undefined,
): ChecklistBlock[] {
  const skipped = item?.state === 'skipped';
  const isOver = skipped || isDone(item);
  const hasButton = !isOver && (step.action !== null || step.diagnostic !== null);
  const wholeText = skipped || shorten(step.text) !== step.text ? cutLine('text', step.text) : [];
  // What is done or skipped needs no help any more: a shorter message is easier to read on a phone.
  const lines = isOver ? wholeText : [...wholeText, ...help(step)];
  if (lines.length === 0 && !hasButton) return [];
  const parts: DetailLine[][] = [[]];
  for (const line of lines) {
    const part = parts.at(-1) ?? [];
    if (part.length > 0 && linesSize([...part, line]) > LONGEST_DETAIL) parts.push([line]);
    else part.push(line);
  }
  return parts.map((part, index) => ({
    kind: 'detail',
    phaseId,
    step,
    skipped,
    lines: part,
    first: index === 0,
  }));
}

function help(step: PlaybookStep): DetailLine[] {
  return [
    ...step.notes.flatMap((note) => cutLine('note', note)),
    ...step.commands.flatMap((command) => cutLine('command', command)),
    ...step.links.map(({ text, url }): DetailLine => ({ kind: 'link', text: shorten(text, 300), url })),
  ];
}

function cutLine(kind: DetailLine['kind'], text: string): DetailLine[] {
  return cut(text, LONGEST_DETAIL - LINE_MARKS).map((piece) => ({ kind, text: piece, url: null }));
}

function linesSize(lines: readonly DetailLine[]): number {
  return lines.reduce(
    (sum, line) => sum + escapedLength(line.text) + escapedLength(line.url ?? '') + LINE_MARKS,
    0,
  );
}

/** A text in pieces whose escaped form is short enough; a surrogate pair stays together. */
function cut(text: string, longest: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let length = 0;
  for (const character of text) {
    const size = escapedLength(character);
    if (length + size > longest) {
      pieces.push(piece);
      piece = '';
      length = 0;
    }
    piece += character;
    length += size;
  }
  return [...pieces, piece];
}

function fits(page: readonly ChecklistBlock[], more: readonly ChecklistBlock[], limits: PageLimits): boolean {
  if (page.length === 0) return true;
  return page.length + more.length <= limits.blocks && sizeOf(page) + sizeOf(more) <= limits.characters;
}

function sizeOf(blocks: readonly ChecklistBlock[]): number {
  return blocks.reduce((sum, block) => sum + blockSize(block), 0);
}

/** Characters of a block's texts when escaped, and room for who did it, when, and a button. */
function blockSize(block: ChecklistBlock): number {
  if (block.kind === 'phase') return escapedLength(block.progress.phase.title) + 80;
  if (block.kind === 'detail') return linesSize(block.lines) + 150;
  return block.options.reduce(
    (sum, option) => sum + escapedLength(option.text) + LONGEST_OPTION + BESIDE_BOX,
    0,
  );
}

/** Slack writes &, < and > as entities. */
function escapedLength(text: string): number {
  let length = text.length;
  for (const character of text)
    length += character === '&' ? 4 : character === '<' || character === '>' ? 3 : 0;
  return length;
}
