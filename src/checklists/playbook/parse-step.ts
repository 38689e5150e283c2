import type { Link, ListItem, Paragraph, PhrasingContent } from 'mdast';
import { blockParts, inlineText } from './inline-text.ts';
import type { EvidenceKind, PlaybookStep, ReportProblem, StepCall, StepKind, StepLink } from './model.ts';
import { recurrenceInText, recurrenceOfAttribute } from './parse-recurrence.ts';

/** A step whose id is still only what the author gave; the playbook makes it unique. */
export interface StepDraft extends Omit<PlaybookStep, 'id'> {
  readonly givenId: string | null;
}

const KINDS: readonly StepKind[] = ['confirm', 'record', 'diagnostic', 'action', 'update'];
const EVIDENCE: readonly EvidenceKind[] = ['link', 'number', 'text', 'diagnostic'];
const ATTRIBUTES = ['id', 'owner', 'evidence', 'kind', 'every'] as const;
const ATTRIBUTE = /^([a-z]+):([^\s/]\S*)$/;
const NAME = /^[a-z0-9][a-z0-9-]{0,59}$/;
const MOST_MINUTES = 1440;

interface Links {
  readonly actions: readonly StepCall[];
  readonly diagnostics: readonly StepCall[];
  readonly web: readonly StepLink[];
}

/** One list item with a box, without the items nested below it. */
export function parseStep(item: ListItem, report: ReportProblem): StepDraft {
  const line = item.position?.start.line ?? 0;
  const [first, ...rest] = item.children;
  const inline = first?.type === 'paragraph' ? [...first.children] : [];
  const attributes = takeAttributes(inline, line, report);
  const trailing = takeTrailingCommand(inline);
  const text = inlineText(inline);
  const links = readLinks(inline, line, report);
  const below = blockParts(first?.type === 'paragraph' ? rest : item.children);
  if (text === '') report('error', line, 'this step has no text');
  if (item.checked === true)
    report('warning', line, 'this step is already ticked in the file; it will start open');
  return {
    givenId: attributes.get('id') ?? null,
    text,
    commands: [...codeSpans(inline), ...trailing, ...below.commands],
    notes: below.notes,
    action: links.actions[0] ?? null,
    diagnostic: links.diagnostics[0] ?? null,
    attributes: {
      kind: kindOf(attributes, links),
      owner: attributes.get('owner') ?? null,
      evidence: EVIDENCE.find((kind) => kind === attributes.get('evidence')) ?? null,
    },
    recursEveryMinutes: recurrence(attributes.get('every'), text, line, report),
    links: links.web,
    line,
  };
}

function trimEnd(inline: PhrasingContent[]): void {
  for (let last = inline.at(-1); last?.type === 'text' && last.value.trim() === ''; last = inline.at(-1))
    inline.pop();
}

function takeAttributes(
  inline: Paragraph['children'],
  line: number,
  report: ReportProblem,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  trimEnd(inline);
  const last = inline.at(-1);
  if (last?.type !== 'inlineCode') return found;
  const pairs = last.value
    .trim()
    .split(/\s+/)
    .map((word) => ATTRIBUTE.exec(word));
  if (pairs.some((pair) => pair === null)) return found;
  if (!pairs.some((pair) => ATTRIBUTES.some((known) => known === pair?.[1]))) {
    const listed = ATTRIBUTES.join(', ');
    report(
      'warning',
      line,
      `"${last.value}" looks like attributes, but none of them is known (${listed}); it is shown as code`,
    );
    return found;
  }
  inline.pop();
  trimEnd(inline);
  for (const pair of pairs) {
    const [, key = '', value = ''] = pair ?? [];
    const problem = found.has(key) ? `"${key}" is given twice` : attributeProblem(key, value);
    if (problem === null) found.set(key, value);
    else report('error', line, problem);
  }
  return found;
}

function attributeProblem(key: string, value: string): string | null {
  switch (key) {
    case 'id':
    case 'owner':
      return NAME.test(value)
        ? null
        : `"${key}:${value}": letters a-z, digits and hyphens are allowed, at most 60`;
    case 'evidence':
      return oneOf(key, value, EVIDENCE);
    case 'kind':
      return oneOf(key, value, KINDS);
    case 'every':
      return recurrenceOfAttribute(value) === null
        ? `"every:${value}": write it as every:15m or every:2h`
        : null;
    default:
      return `"${key}" is not an attribute of a step; known are ${ATTRIBUTES.join(', ')}`;
  }
}

function oneOf(key: string, value: string, allowed: readonly string[]): string | null {
  return allowed.includes(value) ? null : `"${key}:${value}": allowed are ${allowed.join(', ')}`;
}

/** "Roll back: `kubectl …`" keeps its words and gives the command on its own. */
function takeTrailingCommand(inline: PhrasingContent[]): string[] {
  trimEnd(inline);
  const [before, last] = inline.slice(-2);
  if (last?.type !== 'inlineCode' || before?.type !== 'text' || !/:\s*$/.test(before.value)) return [];
  inline.splice(-2, 2, { ...before, value: before.value.replace(/\s*:\s*$/, '') });
  return [last.value];
}

function codeSpans(nodes: readonly PhrasingContent[]): string[] {
  return nodes.flatMap((node) => {
    if (node.type === 'inlineCode') return node.value.trim().includes(' ') ? [node.value] : [];
    return 'children' in node ? codeSpans(node.children) : [];
  });
}

function readLinks(inline: readonly PhrasingContent[], line: number, report: ReportProblem): Links {
  const actions: StepCall[] = [];
  const diagnostics: StepCall[] = [];
  const web: StepLink[] = [];
  for (const link of linksIn(inline)) {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(link.url)?.[1]?.toLowerCase();
    if (scheme === 'action') addCall(actions, link, line, report);
    else if (scheme === 'diagnostic') addCall(diagnostics, link, line, report);
    else if (scheme === 'http' || scheme === 'https') addWebLink(web, link, line, report);
    else if (scheme === undefined)
      report('warning', line, `"${link.url}" cannot be opened from Slack; give the whole https address`);
    else if (scheme !== 'mailto')
      report('error', line, `"${link.url}": allowed are https:, http:, action: and diagnostic: links`);
  }
  if (actions.length + diagnostics.length > 1)
    report('error', line, 'a step has one action or diagnostic; make a step of each');
  return { actions, diagnostics, web };
}

function linksIn(nodes: readonly PhrasingContent[]): Link[] {
  return nodes.flatMap((node) => {
    if (node.type === 'link') return [node];
    return 'children' in node ? linksIn(node.children) : [];
  });
}

function addWebLink(web: StepLink[], link: Link, line: number, report: ReportProblem): void {
  if (link.url.length <= 2000 && URL.canParse(link.url))
    web.push({ text: inlineText(link.children), url: link.url });
  else report('error', line, 'this link is not an address that can be opened');
}

function addCall(calls: StepCall[], link: Link, line: number, report: ReportProblem): void {
  const [, id = '', query = ''] = /^[a-z]+:([^?]*)(?:\?(.*))?$/i.exec(link.url) ?? [];
  if (!NAME.test(id))
    report('error', line, `"${link.url}": an id of letters a-z, digits and hyphens must follow the colon`);
  else
    calls.push({
      id,
      label: inlineText(link.children),
      params: Object.fromEntries(new URLSearchParams(query)),
    });
}

function kindOf(attributes: ReadonlyMap<string, string>, links: Links): StepKind {
  const given = KINDS.find((kind) => kind === attributes.get('kind'));
  if (given !== undefined) return given;
  if (links.actions.length > 0) return 'action';
  if (links.diagnostics.length > 0) return 'diagnostic';
  return attributes.has('evidence') ? 'record' : 'confirm';
}

function recurrence(
  every: string | undefined,
  text: string,
  line: number,
  report: ReportProblem,
): number | null {
  const minutes = every === undefined ? recurrenceInText(text) : recurrenceOfAttribute(every);
  if (minutes === null || (minutes >= 1 && minutes <= MOST_MINUTES)) return minutes;
  report(
    'error',
    line,
    `a step can come again every 1 minute to every 24 hours, not every ${minutes} minutes`,
  );
  return null;
}
