import type { PhaseWindow, Playbook, PlaybookPhase, PlaybookStep } from './model.ts';

/** A playbook as plain text for a terminal: phases, windows, steps, owners, actions. */
export function describePlaybook(playbook: Playbook): string {
  const { severity, service, alert, occasion, alongside } = playbook.appliesTo;
  const scope = [
    occasion === 'maintenance' ? 'maintenance' : '',
    severity.length > 0 ? `severity ${severity.join(', ')}` : '',
    service.length > 0 ? `service ${service.join(', ')}` : '',
    alert.length > 0 ? `alert ${alert.join(', ')}` : '',
    alongside ? 'beside the checklist of the severity' : '',
  ].filter((part) => part !== '');
  return [
    playbook.title,
    `for ${scope.length === 0 ? 'a start by hand only' : scope.join('; ')}`,
    `sha256 ${playbook.contentHash}`,
    ...playbook.phases.flatMap((phase) => ['', ...describePhase(phase)]),
  ].join('\n');
}

/** "0–5 min", "1–4 h", "from 30 min", "1 week before"; empty without a window. */
export function describeWindow(window: PhaseWindow | null): string {
  if (window === null) return '';
  if (window.kind === 'before-start') return `${describeMinutes(window.fromMinutesBefore, true)} before`;
  const { fromMinutes: from, toMinutes: to } = window;
  if (to === null) return `from ${describeMinutes(from)}`;
  const inHours = to >= 120 && to % 60 === 0 && from % 60 === 0;
  return inHours ? `${from / 60}–${to / 60} h` : `${from}–${to} min`;
}

function describeMinutes(minutes: number, inWords = false): string {
  const [size, unit] = UNITS.find(([size]) => minutes >= size && minutes % size === 0) ?? [1, 'min'];
  const count = minutes / size;
  if (unit === 'h' || unit === 'min' || !inWords) return size > 60 ? `${minutes / 60} h` : `${count} ${unit}`;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [10_080, 'week'],
  [1440, 'day'],
  [60, 'h'],
];

function describePhase(phase: PlaybookPhase): string[] {
  const window = describeWindow(phase.window) || (phase.runs === 'throughout' ? 'throughout' : '');
  return [`${phase.title}${window === '' ? '' : ` (${window})`}`, ...phase.steps.flatMap(describeStep)];
}

function describeStep(step: PlaybookStep): string[] {
  const { owner, evidence } = step.attributes;
  const facts = [
    owner ?? '',
    evidence === null ? '' : `asks for a ${evidence}`,
    step.recursEveryMinutes === null ? '' : `again every ${describeMinutes(step.recursEveryMinutes)}`,
  ].filter((fact) => fact !== '');
  return [
    `  [ ] ${step.text}${facts.length === 0 ? '' : `  (${facts.join(', ')})`}`,
    ...(step.action === null ? [] : [`      button: ${step.action.label} → action ${step.action.id}`]),
    ...(step.diagnostic === null
      ? []
      : [`      button: ${step.diagnostic.label} → diagnostic ${step.diagnostic.id}`]),
    ...step.notes.map((note) => `      ${note}`),
    ...step.commands.flatMap((command) => command.split('\n').map((line) => `      $ ${line}`)),
    ...step.links.map((link) => `      ${link.text}: ${link.url}`),
  ];
}
