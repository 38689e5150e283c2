import { createHash } from 'node:crypto';
import type { Heading, List, ListItem, Root, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { checkText } from './check-text.ts';
import { playbookId } from './file-name.ts';
import { inlineText } from './inline-text.ts';
import type {
  PhaseWindow,
  Playbook,
  PlaybookOrigin,
  PlaybookPhase,
  PlaybookProblem,
  PlaybookScope,
  ReportProblem,
} from './model.ts';
import { parseFrontMatter, scopeOfName } from './parse-front-matter.ts';
import { parseStep } from './parse-step.ts';
import type { StepDraft } from './parse-step.ts';
import { parseWindow } from './parse-window.ts';
import { slug, takeId } from './slug.ts';

export interface PlaybookSource {
  readonly file: string;
  readonly origin: PlaybookOrigin;
  readonly text: string;
}

export interface ParsedPlaybook {
  /** Null when the text could not be read or has no steps. */
  readonly playbook: Playbook | null;
  readonly problems: readonly PlaybookProblem[];
}

interface PhaseDraft {
  readonly title: string;
  readonly depth: number;
  readonly window: PhaseWindow | null;
  readonly line: number;
  readonly steps: StepDraft[];
}

/** Reads one Markdown file as a playbook; every problem is named with its line, and none is thrown. */
export function parsePlaybook(source: PlaybookSource): ParsedPlaybook {
  const problems: PlaybookProblem[] = [];
  const report: ReportProblem = (level, line, message) =>
    problems.push({ level, file: source.file, line, message });
  const text = source.text.replace(/^\uFEFF/, '');
  const refusal = checkText(text);
  if (refusal !== null) {
    report('error', refusal.line, refusal.message);
    return { playbook: null, problems };
  }
  const id = playbookId(source.file);
  const front = parseFrontMatter(text, report);
  // Blank lines stand in for the front matter, so that the lines of the Markdown keep their numbers.
  const body = text.split(/\r\n|\r|\n/).map((line, index) => (index < front.lines ? '' : line));
  const root = readMarkdown(body.join('\n'));
  const drafts = collectPhases(root, id, report);
  if (drafts.length === 0) {
    report(
      'error',
      0,
      'there are no steps; write each as "- [ ] text" under a "## Phase (0-5 minutes)" heading',
    );
    return { playbook: null, problems };
  }
  const playbook: Playbook = {
    id,
    title: front.title ?? titleOf(root) ?? id,
    origin: source.origin,
    file: source.file,
    contentHash: createHash('sha256').update(source.text, 'utf8').digest('hex'),
    text: source.text,
    appliesTo: {
      ...EVERYTHING,
      ...(Object.keys(front.scope).some((key) => key !== 'alongside') ? {} : scopeOfName(id)),
      ...front.scope,
    },
    phases: finishPhases(drafts, report),
  };
  return { playbook, problems };
}

const EVERYTHING: PlaybookScope = {
  occasion: 'incident',
  severity: [],
  service: [],
  alert: [],
  alongside: false,
};

function readMarkdown(text: string): Root {
  return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

function titleOf(root: Root): string | null {
  const heading = root.children.find((node): node is Heading => node.type === 'heading' && node.depth === 1);
  const title = heading === undefined ? '' : inlineText(heading.children);
  return title === '' ? null : title;
}

/** Every heading opens a phase; those that get no steps are dropped again. */
function collectPhases(root: Root, id: string, report: ReportProblem): PhaseDraft[] {
  const phases: PhaseDraft[] = [{ title: titleOf(root) ?? id, depth: 0, window: null, line: 1, steps: [] }];
  const open: PhaseDraft[] = [];
  for (const node of root.children) {
    if (node.type === 'heading') {
      const phase = openPhase(node, open, report);
      phases.push(phase);
    } else {
      const steps = phases.at(-1)?.steps ?? [];
      collectSteps(node, steps, report);
    }
  }
  for (const phase of phases.filter((each) => each.steps.length === 0 && each.window !== null))
    if (!phases.some((each) => each.window === phase.window && each.steps.length > 0))
      report('warning', phase.line, `"${phase.title}" has a window but no steps; write them as "- [ ] text"`);
  return phases.filter((phase) => phase.steps.length > 0);
}

/** A heading below one with a window keeps that window and its name: "Investigation: Database". */
function openPhase(heading: Heading, open: PhaseDraft[], report: ReportProblem): PhaseDraft {
  const line = heading.position?.start.line ?? 0;
  const { title, window, problem } = parseWindow(inlineText(heading.children));
  if (problem !== null) report('error', line, problem);
  while ((open.at(-1)?.depth ?? 0) >= heading.depth) open.pop();
  const above = open.at(-1);
  const inherits = window === null && above !== undefined && above.window !== null;
  const phase: PhaseDraft = {
    title: inherits ? `${above.title}: ${title}` : title,
    depth: heading.depth,
    window: inherits ? above.window : window,
    line,
    steps: [],
  };
  open.push(phase);
  return phase;
}

function collectSteps(node: RootContent, steps: StepDraft[], report: ReportProblem): void {
  if (node.type === 'list') for (const item of node.children) collectItem(item, node, steps, report);
  else if (node.type === 'blockquote') for (const child of node.children) collectSteps(child, steps, report);
}

function collectItem(item: ListItem, list: List, steps: StepDraft[], report: ReportProblem): void {
  if (typeof item.checked === 'boolean') steps.push(parseStep(item, report));
  else if (list.ordered === true)
    report(
      'warning',
      item.position?.start.line ?? 0,
      'a numbered line without a box is not a step; write it as "1. [ ] text"',
    );
  for (const child of item.children) if (child.type === 'list') collectSteps(child, steps, report);
}

function finishPhases(drafts: readonly PhaseDraft[], report: ReportProblem): PlaybookPhase[] {
  const phaseIds = new Set<string>();
  const stepIds = new Set<string>();
  for (const { givenId, line } of drafts.flatMap((draft) => draft.steps)) {
    if (givenId === null) continue;
    if (stepIds.has(givenId)) report('error', line, `the id "${givenId}" is given to two steps`);
    stepIds.add(givenId);
  }
  const hasClock = drafts.some((draft) => draft.window?.kind === 'after-start');
  return drafts.map((draft, index) => ({
    id: takeId(phaseIds, slug(draft.title) || 'phase'),
    title: draft.title,
    window: endBefore(draft.window, drafts.slice(index + 1)),
    runs: draft.window === null && hasClock ? 'throughout' : 'in-turn',
    steps: draft.steps.map(({ givenId, ...step }) => ({
      id: givenId ?? takeId(stepIds, slug(step.text) || 'step'),
      ...step,
    })),
    line: draft.line,
  }));
}

/** "T-1 week" lasts until the next phase that counts back, or until the start. */
function endBefore(window: PhaseWindow | null, later: readonly PhaseDraft[]): PhaseWindow | null {
  if (window?.kind !== 'before-start') return window;
  for (const { window: next } of later)
    if (next?.kind === 'before-start' && next.fromMinutesBefore < window.fromMinutesBefore)
      return { ...window, toMinutesBefore: next.fromMinutesBefore };
  return window;
}
