import type { ActionsBlock, KnownBlock, PlainTextOption } from '@slack/types';
import type { Service } from '../../config/model.ts';
import { OPEN_STATUSES } from '../../incidents/change-status.ts';
import { incidentName, isOpen } from '../../incidents/model.ts';
import type { Incident } from '../../incidents/model.ts';
import { nextStep } from '../../incidents/next-step.ts';
import type { IncidentPicture } from '../../incidents/read-picture.ts';
import type { SlackMessage } from '../define-renderer.ts';
import { dateToken, escapeText, LIMITS, link, safeUrl, truncate, visibleText } from '../text.ts';
import {
  commandLine,
  contextLine,
  headline,
  plainHeadline,
  section,
  serviceName,
  STATUS_WORDS,
} from './incident-lines.ts';

export const INCIDENT_ACTIONS = {
  acknowledge: 'incident.acknowledge',
  status: 'incident.status',
  service: 'incident.service',
  /** Of other features; the card only has the buttons. */
  resolve: 'resolution.open',
  run: 'execution.choose',
} as const;

export interface CardInput {
  readonly picture: IncidentPicture;
  /** What a person may pick when the service is not known. */
  readonly services: readonly Service[];
  /** A retired card has no buttons. */
  readonly retired: boolean;
}

/** Alert names and links that are shown; the rest is counted. */
const SHOWN_ALERTS = 4;
const SHOWN_LINKS = 6;
/** Slack's limit for a select. */
const MAX_OPTIONS = 100;

/** The first message of an incident's channel. Its first two lines say it; below them one likely next thing to do. */
export function incidentCard({ picture, services, retired }: CardInput): SlackMessage {
  const { incident } = picture;
  const next = nextStep(picture);
  const blocks: KnownBlock[] = [
    section(`${headline(incident)}\n${commandLine(incident)}`),
    { type: 'section', fields: facts(picture).map((text) => ({ type: 'mrkdwn', text, verbatim: true })) },
    section(`*Next:* ${next}`),
  ];
  if (!retired && isOpen(incident)) {
    if (incident.service === null && services.length > 0) blocks.push(askService(services));
    blocks.push(buttons(incident));
  }
  const links = linksOf(picture);
  if (links !== '') blocks.push(contextLine(links));
  if (incident.routeReason !== null) blocks.push(contextLine(escapeText(incident.routeReason)));
  const status = STATUS_WORDS[incident.status].toLowerCase();
  return { text: `${plainHeadline(incident)}. Status: ${status}. ${next}`, blocks };
}

function facts(picture: IncidentPicture): readonly string[] {
  const { incident } = picture;
  const began = `*Started*\n${dateToken(incident.startedAt, 'date-time')}, ${dateToken(incident.startedAt, 'ago')}`;
  const lines = [`*Severity*\n${incident.severity}`, `*Service*\n${serviceName(picture)}`, began];
  if (picture.counts.total > 0) lines.push(`*Alerts*\n${alertsLine(picture)}`);
  return lines.map((line) => truncate(line, LIMITS.field));
}

function alertsLine({ counts, alerts }: IncidentPicture): string {
  const state =
    counts.firing === 0 ? `all ${counts.total} resolved` : `${counts.firing} of ${counts.total} firing`;
  const names = new Map<string, number>();
  for (const alert of alerts) names.set(alert.name, (names.get(alert.name) ?? 0) + 1);
  const shown = [...names].slice(0, SHOWN_ALERTS).map(([name, count]) => {
    const text = escapeText(truncate(visibleText(name), 100));
    return count === 1 ? text : `${text} ×${count}`;
  });
  const more = names.size > SHOWN_ALERTS ? ` and ${names.size - SHOWN_ALERTS} more` : '';
  return `${state}: ${shown.join(', ')}${more}`;
}

/** Runbook and dashboard of the alert, the sender's own page, the links of the service; http and https only. */
function linksOf({ alerts, service }: IncidentPicture): string {
  const found = new Map<string, string>();
  const add = (url: string | null | undefined, label: string): void => {
    if (typeof url !== 'string' || url.length > 1_000) return;
    const href = safeUrl(url);
    if (href !== undefined && !found.has(href)) found.set(href, label);
  };
  for (const alert of alerts.slice(0, SHOWN_ALERTS)) {
    add(alert.annotations.get('runbook_url') ?? alert.labels.get('runbook_url'), 'Runbook');
    add(alert.annotations.get('dashboard_url') ?? alert.annotations.get('dashboard'), 'Dashboard');
    add(alert.url, 'Alert');
  }
  for (const one of service?.links ?? []) add(one.url, one.title);
  const links: string[] = [];
  let length = 0;
  for (const [url, label] of [...found].slice(0, SHOWN_LINKS)) {
    const text = link(url, label);
    length += text.length + 3;
    // A link is shown whole or not at all.
    if (length <= LIMITS.contextElement) links.push(text);
  }
  return links.join(' · ');
}

/** Before somebody has command there is one thing to do; afterwards what makes sense now. */
function buttons(incident: Incident): ActionsBlock {
  if (incident.commander === null) {
    return {
      type: 'actions',
      block_id: 'incident.buttons',
      elements: [
        {
          type: 'button',
          action_id: INCIDENT_ACTIONS.acknowledge,
          style: 'primary',
          text: { type: 'plain_text', text: 'Acknowledge and take command' },
          accessibility_label: `Acknowledge ${incidentName(incident)} and take command`,
          value: incident.id,
        },
      ],
    };
  }
  const over = incident.status === 'monitoring';
  const run = button(INCIDENT_ACTIONS.run, 'Run an action', incident.id);
  const resolve = button(INCIDENT_ACTIONS.resolve, 'Resolve', incident.id);
  return {
    type: 'actions',
    block_id: 'incident.buttons',
    elements: [statusSelect(incident), ...(over ? [resolve, run] : [run, resolve])],
  };
}

function button(actionId: string, text: string, value: string) {
  return {
    type: 'button' as const,
    action_id: actionId,
    text: { type: 'plain_text' as const, text },
    value,
  };
}

function statusSelect(incident: Incident) {
  const options = OPEN_STATUSES.map((status) => option(STATUS_WORDS[status], status));
  const current = options.find((one) => one.value === incident.status);
  return {
    type: 'static_select' as const,
    action_id: INCIDENT_ACTIONS.status,
    placeholder: { type: 'plain_text' as const, text: 'Status' },
    options,
    ...(current === undefined ? {} : { initial_option: current }),
  };
}

function askService(services: readonly Service[]): KnownBlock {
  return {
    type: 'section',
    block_id: 'incident.ask-service',
    text: { type: 'mrkdwn', text: 'Which service is it?' },
    accessory: {
      type: 'static_select',
      action_id: INCIDENT_ACTIONS.service,
      placeholder: { type: 'plain_text', text: 'Pick a service' },
      options: services.slice(0, MAX_OPTIONS).map((service) => option(service.name, service.id)),
    },
  };
}

export function option(text: string, value: string): PlainTextOption {
  return { text: { type: 'plain_text', text: truncate(visibleText(text), LIMITS.option) || value }, value };
}
