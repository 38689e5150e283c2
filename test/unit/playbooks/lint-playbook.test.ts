import { describe, expect, it } from 'vitest';
import { describePlaybook } from '../../../src/checklists/playbook/describe-playbook.ts';
import { lintPlaybook } from '../../../src/checklists/playbook/lint-playbook.ts';
import { playbookOf } from '../checklists/playbook-of.ts';

const KNOWN = { actions: ['restart', 'scale'], diagnostics: [] };

function lint(text: string): string[] {
  return lintPlaybook(playbookOf(text), KNOWN).map(
    ({ level, line, message }) => `${level} ${line}: ${message}`,
  );
}

describe('lintPlaybook', () => {
  it('has nothing to say about a good playbook', () => {
    expect(lint('## A (0-5 minutes)\n- [ ] [Restart](action:restart) `owner:operations`\n')).toEqual([]);
  });

  it.each([
    ['- [ ] [Go](action:fly)', /^error 3: there is no action "fly"; known are restart, scale$/],
    ['- [ ] [Go](diagnostic:logs)', /^error 3: there is no diagnostic "logs"; none is known$/],
    ['- [ ] Now [](action:restart)', /^error 3: the link to the action "restart" has no text/],
    ['- [ ] Go `kind:action`', /^error 3: "kind:action" needs a link/],
    [`- [ ] ${'x'.repeat(76)}`, /^warning 3: the step has 76 characters; Slack's box shows 75/],
    [`- [ ] ${'x'.repeat(501)}`, /^error 3: the step has 501 characters; at most 500/],
    [`- [ ] a\n\n  ${'n '.repeat(1100)}`, /^error 3: the notes below a step/],
    [`- [ ] a: \`${'c '.repeat(1100)}\``, /^error 3: a command to copy has at most 2000/],
    [`- [ ] a\n## ${'h'.repeat(151)}\n- [ ] b`, /^error 4: the heading has 151 characters/],
  ])('names the problem of %s', (step, problem) => {
    expect(lint(`## A\n\n${step}\n`)).toEqual([expect.stringMatching(problem)]);
  });

  it.each([
    ['- [ ] a\n'.repeat(101), /^error 1: there are 101 steps; at most 100/],
    ['## P\n- [ ] a\n'.repeat(21), /^error 1: there are 21 phases; at most 20/],
    ['---\nseverity: P0\nalongside: true\n---\n- [ ] a', /^error 1: "alongside: true" needs/],
    ['---\nalert: []\n---\n- [ ] a', /^warning 1: nothing says when this applies/],
  ])('looks at the whole playbook (%#)', (text, problem) => {
    expect(lint(text)).toEqual([expect.stringMatching(problem)]);
  });
});

describe('describePlaybook', () => {
  it('shows phases, windows, steps, owners and buttons as text', () => {
    const text = describePlaybook(
      playbookOf(
        '---\nseverity: P0\nalert: X\n---\n# T\n## One (0-5 min)\n- [ ] [Restart](action:restart) `owner:ops evidence:link`\n  - hint\n## Later (4-8 hours)\n- [ ] go: `cmd`\n## Talk\n- [ ] tell every 60 minutes\n',
      ),
    );
    expect(text.replace(/sha256 [0-9a-f]{64}/, 'sha256 …').split('\n')).toEqual([
      'T',
      'for severity P0; alert X',
      'sha256 …',
      '',
      'One (0–5 min)',
      '  [ ] Restart  (ops, asks for a link)',
      '      button: Restart → action restart',
      '      hint',
      '',
      'Later (4–8 h)',
      '  [ ] go',
      '      $ cmd',
      '',
      'Talk (throughout)',
      '  [ ] tell every 60 minutes  (again every 1 h)',
    ]);
  });
});
