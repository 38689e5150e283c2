import type { KnownBlock } from '@slack/types';
import { incidentName, isOpen } from '../../incidents/model.ts';
import type { Incident, IncidentStatus, Severity } from '../../incidents/model.ts';
import type { IncidentPicture } from '../../incidents/read-picture.ts';
import { escapeText, LIMITS, mention, truncate, visibleText } from '../text.ts';

const SIGNS: Readonly<Record<Severity, string>> = {
  P0: ':rotating_light:',
  P1: ':red_circle:',
  P2: ':large_orange_circle:',
  P3: ':large_blue_circle:',
};

export const STATUS_WORDS: Readonly<Record<IncidentStatus, string>> = {
  investigating: 'Investigating',
  identified: 'Cause identified',
  monitoring: 'Monitoring the fix',
  resolved: 'Resolved',
  closed: 'Closed',
  merged: 'Merged',
};

/** Severity, name and title: the line that stands first wherever an incident is shown. */
export function headline(incident: Incident): string {
  const sign = isOpen(incident) ? SIGNS[incident.severity] : ':white_check_mark:';
  return `${sign} *${incident.severity} ${incidentName(incident)}: ${escapeText(incident.title)}*`;
}

/** The same without markup, for notifications and screen readers. */
export function plainHeadline(incident: Incident): string {
  return escapeText(`${incident.severity} ${incidentName(incident)}: ${visibleText(incident.title)}`);
}

export function commandLine(incident: Incident): string {
  const status = STATUS_WORDS[incident.status];
  if (incident.commander !== null) return `${status} · ${mention(incident.commander)} has command`;
  return isOpen(incident) ? `${status} · nobody has command yet` : status;
}

export function serviceName({ incident, service }: IncidentPicture): string {
  if (service !== null) return escapeText(service.name);
  return incident.service === null ? 'not known yet' : escapeText(incident.service);
}

export function section(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: shown(text, LIMITS.section), verbatim: true } };
}

export function contextLine(text: string): KnownBlock {
  return {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: shown(text, LIMITS.contextElement), verbatim: true }],
  };
}

/** Slack refuses empty texts, and foreign text may hold nothing that can be seen. */
function shown(text: string, length: number): string {
  const cut = truncate(text, length);
  return cut.trim() === '' ? '–' : cut;
}
