import { Liquid } from 'liquidjs';
import { BREAK_GLASS_REASONS } from '../approvals/model.ts';
import { CodedError } from '../errors.ts';
import { elapsedMs, describeSeconds } from '../lib/duration.ts';
import { incidentName } from '../incidents/model.ts';
import type { Execution } from '../executions/model.ts';
import { formatInstant } from './format-instant.ts';
import { cell, line } from './markdown-text.ts';
import type { RcaDraft, RcaFacts, RcaKind } from './model.ts';

/** Stands where only a person can write and nobody has. */
export const MISSING = '*to be written*';

/** liquidjs's own limits: characters to parse, milliseconds to render, units of memory. A template cannot hang us. */
const engine = new Liquid({
  ownPropertyOnly: true,
  strictVariables: true,
  parseLimit: 100_000,
  renderLimit: 1_000,
  memoryLimit: 10_000_000,
  // No files besides the template itself.
  templates: {},
});

/** P0 and P1 get the whole document, P2 and P3 a short note. */
export function rcaKind(severity: RcaFacts['incident']['severity']): RcaKind {
  return severity === 'P0' || severity === 'P1' ? 'rca' : 'short-note';
}

/**
 * Fills the template from facts. What facts can fill is filled; what only people know and nobody said stays marked
 * missing; nothing is invented.
 */
export async function draftRca(template: string, facts: RcaFacts): Promise<RcaDraft> {
  const missing = findMissing(facts);
  const context = { ...describe(facts), missing, unwritten: MISSING };
  const markdown = await render(template, context);
  return { kind: rcaKind(facts.incident.severity), markdown: `${markdown.trimEnd()}\n`, missing };
}

async function render(template: string, context: Record<string, unknown>): Promise<string> {
  try {
    const text: unknown = await engine.parseAndRender(template, context);
    return String(text);
  } catch (cause) {
    throw new CodedError('config', 'The template of the document cannot be filled; see the log.', { cause });
  }
}

function findMissing(facts: RcaFacts): readonly string[] {
  const { resolution } = facts;
  const fields: readonly (readonly [string, string | null | undefined])[] = [
    ['impact', resolution?.impact],
    ['users affected', resolution?.usersAffected],
    ['root cause', resolution?.rootCause],
    ['services affected', facts.serviceName],
  ];
  const unsaid = fields.flatMap(([name, value]) => (value === null || value === undefined ? [name] : []));
  if (rcaKind(facts.incident.severity) === 'short-note') return unsaid;
  return [...unsaid, 'process failures', 'contributing factors', 'what went well', 'what could be better'];
}

function describe(facts: RcaFacts): Record<string, unknown> {
  const { incident, resolution, timeZone } = facts;
  const said = (value: string | null | undefined): string => (value ? line(value) : MISSING);
  return {
    incident: {
      name: incidentName(incident),
      title: line(incident.title),
      date: formatInstant(incident.startedAt, timeZone),
      duration: incident.resolvedAt === null ? 'not over' : between(incident.startedAt, incident.resolvedAt),
      severity: incident.severity,
      services: facts.serviceName === null ? MISSING : line(facts.serviceName),
      commander: incident.commander === null ? 'nobody took command' : line(facts.nameOf(incident.commander)),
    },
    words: {
      impact: said(resolution?.impact),
      usersAffected: said(resolution?.usersAffected),
      rootCause: said(resolution?.rootCause),
      whatHappened: whatHappened(facts),
    },
    milestones: milestones(facts),
    timeline: facts.timeline.map((entry) => ({
      time: formatInstant(entry.at, timeZone),
      event: cell(entry.event),
      actor: cell(entry.actor),
    })),
    alerts: facts.alerts.map((alert) => ({
      name: cell(alert.name),
      service: cell(alert.service ?? 'not named'),
      fired: formatInstant(alert.startsAt, timeZone),
      ended: alert.endsAt === null ? 'still firing' : formatInstant(alert.endsAt, timeZone),
      seen: alert.seen,
    })),
    actions: facts.executions.map((execution) => action(facts, execution)),
    done: facts.executions
      .filter((execution) => DONE.has(execution.state))
      .map((execution) => doneLine(facts, execution)),
    skipped: facts.skippedSteps.map(line),
    followUps: facts.followUps.map((followUp) => ({
      action: cell(followUp.action),
      owner: followUp.owner === null ? 'nobody yet' : cell(facts.nameOf(followUp.owner)),
      due: followUp.dueOn ?? 'no date yet',
      status: followUp.status,
    })),
  };
}

const DONE: ReadonlySet<Execution['state']> = new Set(['succeeded', 'by-hand']);

function milestones(facts: RcaFacts): readonly Record<string, string>[] {
  const { incident, timeZone } = facts;
  const row = (name: string, at: Date | null): Record<string, string> => ({
    name,
    time: at === null ? 'not recorded' : formatInstant(at, timeZone),
    after: at === null ? '' : between(incident.startedAt, at),
  });
  return [
    row('Started', incident.startedAt),
    row('Detected', incident.openedAt),
    row('Acknowledged', incident.acknowledgedAt),
    row('Mitigated', incident.mitigatedAt),
    row('Resolved', incident.resolvedAt),
  ];
}

/** The facts in two sentences; the story itself is for people. */
function whatHappened(facts: RcaFacts): string {
  const { incident, alerts } = facts;
  const names = [...new Set(alerts.map((alert) => alert.name))].map(line).join(', ');
  const opened =
    incident.openedBy.kind === 'person'
      ? `${line(facts.nameOf(incident.openedBy))} declared it`
      : `It was opened by ${names === '' ? `an alert of ${line(incident.openedBy.source)}` : `the alert ${names}`}`;
  const runs = facts.executions.filter((execution) => execution.startedAt !== null).length;
  return `${opened} at ${formatInstant(incident.openedAt, facts.timeZone)}. ${actionsRun(runs)} through Tocsin.`;
}

function actionsRun(count: number): string {
  if (count === 0) return 'No action was run';
  return count === 1 ? 'One action was run' : `${count} actions were run`;
}

function action(facts: RcaFacts, execution: Execution): Record<string, string> {
  return {
    title: cell(execution.plan?.title ?? execution.action),
    askedBy: cell(facts.nameOf(execution.requestedBy)),
    decidedBy: cell(decidedBy(facts, execution)),
    ended: execution.endedAt === null ? 'not over' : formatInstant(execution.endedAt, facts.timeZone),
    outcome: cell(`${execution.state}${execution.outcome === null ? '' : `: ${execution.outcome}`}`),
  };
}

function decidedBy(facts: RcaFacts, execution: Execution): string {
  const { state, mode, approvedBy, endedBy } = execution;
  if (state === 'denied' && endedBy !== null) return `${facts.nameOf(endedBy)} (denied)`;
  const deciders = approvedBy.map((person) => facts.nameOf(person)).join(', ');
  if (deciders === '') return 'nobody';
  return mode === 'break-glass'
    ? `${deciders} alone (break-glass: ${brokenFor(facts, execution.id)})`
    : deciders;
}

/** Why glass was broken, and who has looked at it since. */
function brokenFor(facts: RcaFacts, executionId: string): string {
  const use = facts.breakGlassUses.find((one) => one.executionId === executionId);
  if (use === undefined) return 'no reason recorded';
  const review = use.reviewedBy === null ? 'not reviewed yet' : `reviewed by ${facts.nameOf(use.reviewedBy)}`;
  return `${BREAK_GLASS_REASONS[use.reasonCode]}; ${review}`;
}

function doneLine(facts: RcaFacts, execution: Execution): string {
  const when = execution.endedAt === null ? '' : ` at ${formatInstant(execution.endedAt, facts.timeZone)}`;
  const by = execution.state === 'by-hand' ? ' (by hand)' : '';
  return `${line(execution.plan?.title ?? execution.action)}${by}${when}`;
}

function between(from: Date, to: Date): string {
  return describeSeconds(elapsedMs(from, to) / 1_000);
}
