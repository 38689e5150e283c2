import { isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, ParsedNode } from 'yaml';
import type { Severity } from '../../incidents/model.ts';
import type { PlaybookScope, ReportProblem } from './model.ts';

export interface FrontMatter {
  readonly title: string | null;
  readonly scope: Partial<PlaybookScope>;
  /** Lines of the file that belong to the front matter; 0 without one. */
  readonly lines: number;
}

const KEYS = ['title', 'severity', 'service', 'alert', 'maintenance', 'alongside'] as const;
const MOST_LINES = 100;
const LONGEST_VALUE = 100;
const MOST_VALUES = 50;
const DEEPEST = 3;
const SEVERITIES: Readonly<Record<string, Severity>> = {
  p0: 'P0',
  p1: 'P1',
  p2: 'P2',
  p3: 'P3',
  sev1: 'P0',
  sev2: 'P1',
  sev3: 'P2',
  sev4: 'P3',
};
const ALL_SEVERITIES: readonly Severity[] = ['P0', 'P1', 'P2', 'P3'];

interface Value {
  readonly text: string;
  readonly line: number;
}

/** Reads the YAML between the first two lines of `---`. Aliases, anchors, tags and deep nesting are refused. */
export function parseFrontMatter(text: string, report: ReportProblem): FrontMatter {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines[0]?.trimEnd() !== '---') return { title: null, scope: {}, lines: 0 };
  const end = lines
    .slice(0, MOST_LINES + 1)
    .findIndex((line, index) => index > 0 && line.trimEnd() === '---');
  if (end === -1) {
    report('error', 1, `the front matter opened here has no closing "---" within ${MOST_LINES} lines`);
    return { title: null, scope: {}, lines: 0 };
  }
  const yaml = lines.slice(1, end);
  const deep = yaml.findIndex((line) => (line.match(/[[{]|-\s/g)?.length ?? 0) > 20);
  if (deep !== -1) {
    report('error', deep + 2, 'the front matter is nested too deeply');
    return { title: null, scope: {}, lines: end + 1 };
  }
  const values = readValues(yaml.join('\n'), report);
  return { title: values.get('title')?.[0]?.text ?? null, scope: readScope(values, report), lines: end + 1 };
}

function readValues(yaml: string, report: ReportProblem): ReadonlyMap<string, readonly Value[]> {
  const values = new Map<string, Value[]>();
  const document = parseDocument(yaml, { schema: 'core', prettyErrors: false, logLevel: 'silent' });
  const lineOf = (offset: number): number => yaml.slice(0, offset).split('\n').length + 1;
  for (const error of document.errors)
    report('error', lineOf(error.pos[0]), `the front matter is not valid YAML: ${error.message}`);
  if (document.errors.length > 0 || !isPlain(document, lineOf, report) || document.contents === null)
    return values;
  if (!isMap(document.contents)) {
    report('error', 2, 'the front matter must hold lines of "key: value"');
    return values;
  }
  for (const { key, value } of document.contents.items) {
    const name = isScalar(key) ? String(key.value) : '';
    const line = lineOf(key.range[0]);
    const found = readValue(value, lineOf);
    if (!KEYS.some((known) => known === name))
      report('warning', line, `"${name}" means nothing to Tocsin here; known are ${KEYS.join(', ')}`);
    else if (found === null)
      report(
        'error',
        line,
        `"${name}" takes a text or a list of texts, at most ${MOST_VALUES} of ${LONGEST_VALUE} characters`,
      );
    else values.set(name, found);
  }
  return values;
}

function readValue(value: ParsedNode | null, lineOf: (offset: number) => number): Value[] | null {
  const nodes: readonly (ParsedNode | null)[] = isSeq(value) ? value.items : [value];
  if (nodes.length > MOST_VALUES) return null;
  const values: Value[] = [];
  for (const node of nodes) {
    const text = isScalar(node) ? scalarText(node.value) : null;
    if (text === null || text.length > LONGEST_VALUE) return null;
    values.push({ text, line: lineOf(node?.range[0] ?? 0) });
  }
  return values;
}

function scalarText(value: unknown): string | null {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function isPlain(document: Document, lineOf: (offset: number) => number, report: ReportProblem): boolean {
  let plain = true;
  visit(document, {
    Node(_key, node, path) {
      const line = lineOf(node.range?.[0] ?? 0);
      const refuse = (message: string): void => {
        plain = false;
        report('error', line, message);
      };
      if (isAlias(node) || ('anchor' in node && node.anchor !== undefined))
        refuse('the front matter takes no YAML anchors or aliases');
      else if (node.tag !== undefined) refuse('the front matter takes no YAML tags');
      else if (path.filter((parent) => isMap(parent) || isSeq(parent)).length > DEEPEST)
        refuse('the front matter is nested too deeply');
      return plain ? undefined : visit.BREAK;
    },
  });
  return plain;
}

function readScope(
  values: ReadonlyMap<string, readonly Value[]>,
  report: ReportProblem,
): Partial<PlaybookScope> {
  const texts = (key: string): string[] =>
    (values.get(key) ?? []).map((value) => value.text).filter((text) => text !== '');
  const maintenance = readFlag(values.get('maintenance'), report);
  const alongside = readFlag(values.get('alongside'), report);
  return {
    ...(values.has('severity') ? { severity: readSeverities(values.get('severity') ?? [], report) } : {}),
    ...(values.has('service') ? { service: texts('service') } : {}),
    ...(values.has('alert') ? { alert: texts('alert') } : {}),
    ...(maintenance === null ? {} : { occasion: maintenance ? 'maintenance' : 'incident' }),
    ...(alongside === null ? {} : { alongside }),
  };
}

function readSeverities(values: readonly Value[], report: ReportProblem): Severity[] {
  const found = new Set<Severity>();
  for (const { text, line } of values) {
    const severity = SEVERITIES[text.toLowerCase()];
    if (text.toLowerCase() === 'any') for (const each of ALL_SEVERITIES) found.add(each);
    else if (severity === undefined)
      report('error', line, `"${text}" is not a severity; allowed are P0, P1, P2, P3 and any`);
    else found.add(severity);
  }
  return ALL_SEVERITIES.filter((severity) => found.has(severity));
}

function readFlag(values: readonly Value[] | undefined, report: ReportProblem): boolean | null {
  const value = values?.[0];
  if (value === undefined) return null;
  if (value.text === 'true' || value.text === 'false') return value.text === 'true';
  report('error', value.line, `"${value.text}" is neither true nor false`);
  return null;
}

/** What a file's name says: `p0-response` is for P0, `maintenance-checklist` for maintenance. */
export function scopeOfName(id: string): Partial<PlaybookScope> {
  const words = id.split(/[-.]/);
  if (words.includes('maintenance')) return { occasion: 'maintenance' };
  const named = words.map((word) => SEVERITIES[word]).filter((severity) => severity !== undefined);
  return named.length === 0 ? {} : { severity: [...new Set(named)] };
}
