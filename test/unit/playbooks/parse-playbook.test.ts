import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeWindow } from '../../../src/checklists/playbook/describe-playbook.ts';
import type { Playbook, PlaybookProblem } from '../../../src/checklists/playbook/model.ts';
import { parsePlaybook } from '../../../src/checklists/playbook/parse-playbook.ts';

const FIXTURES = path.join(import.meta.dirname, '../../fixtures/playbooks');

function parse(
  text: string,
  file = 'p0-test.md',
): { playbook: Playbook | null; problems: readonly PlaybookProblem[] } {
  return parsePlaybook({ file, origin: 'team', text });
}

function read(text: string, file?: string): Playbook {
  const { playbook, problems } = parse(text, file);
  expect(problems).toEqual([]);
  if (playbook === null) throw new Error('no playbook');
  return playbook;
}

function step(line: string): NonNullable<Playbook['phases'][number]>['steps'][number] {
  const found = read(`## A\n\n${line}\n`).phases[0]?.steps[0];
  if (found === undefined) throw new Error('no step');
  return found;
}

function messages(text: string, file?: string): string[] {
  return parse(text, file).problems.map(({ level, line, message }) => `${level} ${line}: ${message}`);
}

describe('the files of the User Profile guide, unchanged', () => {
  const load = async (file: string): Promise<string[]> => {
    const playbook = read(await readFile(path.join(FIXTURES, file), 'utf8'), file);
    return playbook.phases.map(
      (phase) => `${phase.title} | ${describeWindow(phase.window) || phase.runs} | ${phase.steps.length}`,
    );
  };

  it('reads p0-response.md', async () => {
    expect(await load('p0-response.md')).toEqual([
      'Immediate Actions | 0–5 min | 5',
      'Investigation | 5–15 min | 4',
      'Mitigation | 15–30 min | 4',
      'Communication | throughout | 3',
    ]);
  });

  it('reads p1-response.md', async () => {
    expect(await load('p1-response.md')).toEqual([
      'Initial Response | 0–15 min | 4',
      'Investigation | 15–60 min | 4',
      'Communication | throughout | 2',
    ]);
  });

  it('reads maintenance-checklist.md, whose later phases come in turn', async () => {
    expect(await load('maintenance-checklist.md')).toEqual([
      'Pre-Maintenance | 1 week before | 5',
      'Pre-Maintenance | 1 day before | 4',
      'During Maintenance | in-turn | 5',
      'Post-Maintenance | in-turn | 5',
    ]);
  });

  it('tells apart the steps that are worded alike', async () => {
    const playbook = read(
      await readFile(path.join(FIXTURES, 'maintenance-checklist.md'), 'utf8'),
      'maintenance-checklist.md',
    );
    const ids = playbook.phases.flatMap((phase) => phase.steps.map(({ id }) => id));
    expect(ids.filter((id) => id.startsWith('update-status-page'))).toEqual([
      'update-status-page',
      'update-status-page-2',
      'update-status-page-3',
    ]);
    expect(playbook.appliesTo.occasion).toBe('maintenance');
  });

  it('finds the recurring update', async () => {
    const playbook = read(await readFile(path.join(FIXTURES, 'p0-response.md'), 'utf8'), 'p0-response.md');
    const recurring = playbook.phases
      .flatMap((phase) => phase.steps)
      .filter((each) => each.recursEveryMinutes !== null);
    expect(recurring.map(({ text, recursEveryMinutes }) => [text, recursEveryMinutes])).toEqual([
      ['Provide regular updates every 15 minutes', 15],
    ]);
    expect(playbook.appliesTo.severity).toEqual(['P0']);
  });
});

describe('phases', () => {
  it.each([
    ['(0-5 minutes)', { kind: 'after-start', fromMinutes: 0, toMinutes: 5 }],
    ['(5–15 min)', { kind: 'after-start', fromMinutes: 5, toMinutes: 15 }],
    ['(1 to 4 hours)', { kind: 'after-start', fromMinutes: 60, toMinutes: 240 }],
    ['(30 min - 2 hours)', { kind: 'after-start', fromMinutes: 30, toMinutes: 120 }],
    ['(60+ minutes)', { kind: 'after-start', fromMinutes: 60, toMinutes: null }],
    ['(first 10 minutes)', { kind: 'after-start', fromMinutes: 0, toMinutes: 10 }],
    ['(T-1 week)', { kind: 'before-start', fromMinutesBefore: 10_080, toMinutesBefore: 0 }],
    ['(T - 30 minutes)', { kind: 'before-start', fromMinutesBefore: 30, toMinutesBefore: 0 }],
  ])('reads the window %s', (words, window) => {
    const [phase] = read(`## Look ${words}\n- [ ] a\n`).phases;
    expect(phase).toMatchObject({ title: 'Look', window });
  });

  it('leaves other brackets in the title', () => {
    expect(read('## Database (PostgreSQL)\n- [ ] a\n').phases[0]).toMatchObject({
      title: 'Database (PostgreSQL)',
      window: null,
    });
  });

  it.each(['(5-0 minutes)', '(5 minutes or so)', '(T+1 day)', '(0-5 minutes ago)'])(
    'names the window %s that it cannot read',
    (words) => {
      expect(messages(`# T\n\n## Look ${words}\n- [ ] a\n`)).toEqual([
        expect.stringMatching(/^error 3: .*window/),
      ]);
    },
  );

  it('hands a window down to the headings below, and drops headings without steps', () => {
    const { phases } = read(
      '# T\n## Look (0-5 min)\n### Database\n- [ ] a\n### Cache\n- [ ] b\n## Background\nprose\n',
    );
    expect(phases.map(({ title, window }) => [title, describeWindow(window)])).toEqual([
      ['Look: Database', '0–5 min'],
      ['Look: Cache', '0–5 min'],
    ]);
  });

  it('takes steps that stand before any heading', () => {
    expect(read('- [ ] a\n').phases.map(({ title }) => title)).toEqual(['p0-test']);
  });

  it('warns of a window without steps', () => {
    expect(messages('## Look (0-5 min)\n- look\n## Act\n- [ ] a\n')).toEqual([
      expect.stringMatching(/^warning 1: .*no steps/),
    ]);
  });

  it('is in error without any step', () => {
    expect(parse('# Only prose\n\n- a list\n')).toMatchObject({
      playbook: null,
      problems: [{ level: 'error', line: 0 }],
    });
  });
});

describe('steps', () => {
  it('reads attributes from a trailing code span', () => {
    expect(step('- [ ] Decide **now** `id:decide owner:commander evidence:link`')).toMatchObject({
      id: 'decide',
      text: 'Decide now',
      attributes: { owner: 'commander', evidence: 'link', kind: 'record' },
    });
  });

  it('reads an action with parameters, and a diagnostic', () => {
    expect(step('- [ ] [Restart it](action:restart?service=a%20b)')).toMatchObject({
      id: 'restart-it',
      text: 'Restart it',
      action: { id: 'restart', label: 'Restart it', params: { service: 'a b' } },
      attributes: { kind: 'action' },
    });
    expect(step('- [ ] [Errors](diagnostic:logs)')).toMatchObject({
      diagnostic: { id: 'logs' },
      attributes: { kind: 'diagnostic' },
    });
  });

  it('keeps web links and commands to copy', () => {
    expect(
      step('- [ ] Roll back, see [guide](https://example.com/x): `kubectl rollout undo d/x` `id:r`'),
    ).toMatchObject({
      id: 'r',
      text: 'Roll back, see guide',
      commands: ['kubectl rollout undo d/x'],
      links: [{ text: 'guide', url: 'https://example.com/x' }],
    });
    expect(step('- [ ] Roll back: `kubectl rollout undo d/x`')).toMatchObject({
      text: 'Roll back',
      commands: ['kubectl rollout undo d/x'],
    });
  });

  it('reads what stands below, and steps nested in steps', () => {
    const { phases } = read(
      '## A\n1. [ ] one\n   - hint\n   - `cmd one`\n   - [ ] two\n\n   ```\n   cmd\n   two\n   ```\n',
    );
    expect(phases[0]?.steps).toMatchObject([
      { text: 'one', notes: ['hint'], commands: ['cmd one', 'cmd\ntwo'] },
      { text: 'two', notes: [], commands: [] },
    ]);
  });

  it.each([
    ['every 15 minutes', 15],
    ['every 15-30 minutes', 15],
    ['Every 2 hours', 120],
    ['every hour', 60],
    ['every pod', null],
  ])('reads "%s"', (words, minutes) => {
    expect(step(`- [ ] Update ${words}`).recursEveryMinutes).toBe(minutes);
  });

  it('takes the pace from an attribute', () => {
    expect(step('- [ ] Update people `every:2h`').recursEveryMinutes).toBe(120);
  });

  it('gives ids in any script, and a number to the second', () => {
    const steps = read('- [ ] Протокол öffnen\n- [ ] …\n- [ ] ???\n').phases[0]?.steps ?? [];
    expect(steps.map(({ id }) => id)).toEqual(['протокол-öffnen', 'step', 'step-2']);
  });

  it.each([
    ['- [ ] a `id:x`\n- [ ] b `id:x`', /^error 2: the id "x" is given to two/],
    ['- [ ] a `owner:commander colour:red`', /^error 1: "colour" is not an attribute/],
    ['- [ ] a `evidence:screenshot`', /^error 1: .*allowed are link, number, text, diagnostic/],
    ['- [ ] a `ownr:commander`', /^warning 1: .*looks like attributes/],
    ['- [ ] a `every:9q`', /^error 1: .*every:15m/],
    ['- [ ] a every 3000 minutes', /^error 1: .*every 3000 minutes/],
    ['- [ ] [a](action:x) [b](action:y)', /^error 1: a step has one action/],
    ['- [ ] [a](action:../x)', /^error 1: .*an id of letters/],
    ['- [ ] [a](javascript:alert(1))', /^error 1: .*allowed are https:/],
    ['- [ ] [a](file:///etc/passwd)', /^error 1: .*allowed are https:/],
    ['- [ ] [a](docs/x.md)', /^warning 1: .*cannot be opened from Slack/],
    ['- [x] a', /^warning 1: .*already ticked/],
    ['1. text\n2. [ ] a', /^warning 1: a numbered line without a box/],
  ])('names the problem of %s', (text, problem) => {
    expect(messages(`${text}\n`)).toEqual([expect.stringMatching(problem)]);
  });
});

describe('front matter', () => {
  it('says when it applies, and beats the file name', () => {
    const text =
      '---\ntitle: Mine\nseverity: [P1, sev3]\nservice: shop\nalert: ["*Down", X]\nalongside: true\n---\n- [ ] a\n';
    expect(read(text)).toMatchObject({
      title: 'Mine',
      appliesTo: {
        occasion: 'incident',
        severity: ['P1', 'P2'],
        service: ['shop'],
        alert: ['*Down', 'X'],
        alongside: true,
      },
    });
  });

  it('counts lines of the whole file', () => {
    expect(messages('---\nseverity: P0\n---\n- [ ] a\n- [ ] b `kind:odd`\n')).toEqual([
      expect.stringMatching(/^error 5:/),
    ]);
  });

  it.each([
    ['severity: P9', /^error 2: "P9" is not a severity; allowed are P0, P1, P2, P3 and any/],
    ['title: T\nseverty: P0', /^warning 3: "severty" means nothing to Tocsin here; known are title,/],
    ['maintenance: maybe', /^error 2: "maybe" is neither true nor false/],
    ['severity: {a: 1}', /^error 2: "severity" takes a text or a list/],
    ['- a\n- b', /^error 2: .*key: value/],
    ['title: [', /^error \d: the front matter is not valid YAML/],
    ['title: &a T\nalert: *a', /^error 2: .*no YAML anchors or aliases/],
    ['title: !!js/function T', /^error 2: .*(tag|YAML)/],
    ['title: !local T', /^error 2: .*(tag|YAML)/],
    [`title: ${'['.repeat(900)}`, /^error 2: .*nested too deeply/],
    [`title: ${'- '.repeat(900)}`, /^error 2: .*nested too deeply/],
    ['title: T\ntitle: U', /^error 3: .*YAML/],
  ])('names the problem of %s', (yaml, problem) => {
    expect(messages(`---\n${yaml}\n---\n- [ ] a\n`)).toEqual([expect.stringMatching(problem)]);
  });

  it('names an opening without an end', () => {
    expect(messages('---\nseverity: P0\n- [ ] a\n')).toContainEqual(
      expect.stringMatching(/^error 1: .*no closing/),
    );
  });
});

describe('text', () => {
  it('is the same playbook with a byte order mark and Windows line ends', () => {
    const plain = read('---\nseverity: P2\n---\n## A (0-5 min)\n- [ ] a\n');
    const other = read('\uFEFF---\r\nseverity: P2\r\n---\r\n## A (0-5 min)\r\n- [ ] a\r\n');
    expect(other).toMatchObject({ appliesTo: plain.appliesTo, phases: plain.phases });
    expect(other.contentHash).not.toBe(plain.contentHash);
  });

  it('is hashed as it stands', () => {
    expect(read('- [ ] a\n').contentHash).toBe(
      'e4020b38aef8b24176ab50b1234944d669af801acfeb2e7209dd07c94a917404',
    );
  });

  it.each([
    ['- [ ] a\0b', /^error 1: a control character/],
    [`- [ ] a\n${'x'.repeat(4001)}`, /^error 2: the line has 4001 characters/],
    [`- [ ] a\n${'> '.repeat(100)}x`, /^error 2: quotes and lists are nested deeper/],
    [`- [ ] a\n${'1. '.repeat(100)}x`, /^error 2: quotes and lists are nested deeper/],
    [`${'_a*_a*\n'.repeat(1900)}- [ ] a`, /^error \d+: the paragraph has more than 1000/],
    [`${'x'.repeat(999)}\n`.repeat(300), /^error 0: the file has 300000 bytes/],
    ['- [ ] a\n'.repeat(3000), /^error 0: the file has 3001 lines/],
    [`${' '.repeat(201)}- [ ] a`, /^error 1: the line is indented/],
  ])('is refused before it can hurt (%#)', (text, problem) => {
    const begun = performance.now();
    expect(messages(text)).toEqual([expect.stringMatching(problem)]);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it('is read within seconds at its largest and deepest', () => {
    const nested = Array.from({ length: 100 }, (_, depth) => `${'  '.repeat(depth)}- [ ] s${depth}`).join(
      '\n',
    );
    const wide = '## A\n\n- [ ] step with *marks* and `code`\n\n'.repeat(490);
    const begun = performance.now();
    expect(parse(nested).playbook?.phases[0]?.steps.length).toBe(100);
    expect(parse(wide).playbook?.phases.length).toBe(490);
    expect(
      parse('- [ ] a **b** [c](https://example.com) `d`\n'.repeat(1900)).playbook?.phases[0]?.steps.length,
    ).toBe(1900);
    expect(performance.now() - begun).toBeLessThan(15_000);
  });
});
