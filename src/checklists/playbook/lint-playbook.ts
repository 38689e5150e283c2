import type { Playbook, PlaybookPhase, PlaybookProblem, PlaybookStep, StepCall } from './model.ts';

export interface KnownIds {
  readonly actions: readonly string[];
  readonly diagnostics: readonly string[];
}

const MOST_PHASES = 20;
const MOST_STEPS = 100;
const LONGEST_TITLE = 150;
const LONGEST_STEP = 500;
const LONGEST_OPTION = 75;
const LONGEST_COMMAND = 2000;
const LONGEST_NOTES = 2000;

/** What reads well but would not work: unknown actions, texts beyond Slack's limits, a playbook that never applies. */
export function lintPlaybook(playbook: Playbook, known: KnownIds): PlaybookProblem[] {
  const found: PlaybookProblem[] = [];
  const report = (level: PlaybookProblem['level'], line: number, message: string): void => {
    found.push({ level, file: playbook.file, line, message });
  };
  const { occasion, severity, service, alert, alongside } = playbook.appliesTo;
  const named = severity.length + service.length + alert.length > 0;
  if (occasion === 'incident' && !named)
    report(
      'warning',
      1,
      'nothing says when this applies, so it is only started by hand; add "severity: P0", "service:" or "alert:", or name the file p0-….md',
    );
  if (alongside && service.length + alert.length === 0)
    report(
      'error',
      1,
      '"alongside: true" needs "alert:" or "service:": it opens beside the checklist of the severity',
    );
  if (playbook.title.length > LONGEST_TITLE)
    report(
      'error',
      1,
      `the title has ${playbook.title.length} characters; Slack shows at most ${LONGEST_TITLE}`,
    );
  if (playbook.phases.length > MOST_PHASES)
    report('error', 1, `there are ${playbook.phases.length} phases; at most ${MOST_PHASES} are allowed`);
  const steps = playbook.phases.flatMap((phase) => phase.steps);
  if (steps.length > MOST_STEPS)
    report('error', 1, `there are ${steps.length} steps; at most ${MOST_STEPS} are allowed`);
  for (const phase of playbook.phases) lintPhase(phase, report);
  for (const step of steps) lintStep(step, known, report);
  return found;
}

type Report = (level: PlaybookProblem['level'], line: number, message: string) => void;

function lintPhase(phase: PlaybookPhase, report: Report): void {
  if (phase.title.length > LONGEST_TITLE)
    report(
      'error',
      phase.line,
      `the heading has ${phase.title.length} characters; Slack shows at most ${LONGEST_TITLE}`,
    );
}

function lintStep(step: PlaybookStep, known: KnownIds, report: Report): void {
  if (step.text.length > LONGEST_STEP)
    report(
      'error',
      step.line,
      `the step has ${step.text.length} characters; at most ${LONGEST_STEP} are allowed: put the rest below it`,
    );
  else if (step.text.length > LONGEST_OPTION)
    report(
      'warning',
      step.line,
      `the step has ${step.text.length} characters; Slack's box shows ${LONGEST_OPTION} and the rest stands below`,
    );
  if (step.commands.some((command) => command.length > LONGEST_COMMAND))
    report('error', step.line, `a command to copy has at most ${LONGEST_COMMAND} characters`);
  if (step.notes.join('').length > LONGEST_NOTES)
    report('error', step.line, `the notes below a step have at most ${LONGEST_NOTES} characters`);
  for (const message of [
    callProblem('action', step.action, known.actions),
    callProblem('diagnostic', step.diagnostic, known.diagnostics),
  ])
    if (message !== null) report('error', step.line, message);
  if (step.attributes.kind === 'action' && step.action === null)
    report('error', step.line, '"kind:action" needs a link such as [Restart](action:restart)');
}

function callProblem(kind: string, call: StepCall | null, known: readonly string[]): string | null {
  if (call === null) return null;
  if (!known.includes(call.id))
    return `there is no ${kind} "${call.id}"; ${known.length === 0 ? 'none is known' : `known are ${known.join(', ')}`}`;
  return call.label === '' ? `the link to the ${kind} "${call.id}" has no text for its button` : null;
}
