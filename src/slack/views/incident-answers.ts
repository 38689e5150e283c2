import type { Acknowledged } from '../../incidents/acknowledge.ts';
import { incidentName } from '../../incidents/model.ts';
import type { Incident } from '../../incidents/model.ts';
import { nextStep } from '../../incidents/next-step.ts';
import type { IncidentPicture } from '../../incidents/read-picture.ts';
import type { SurfaceKind } from '../../surfaces/model.ts';
import type { CommandAnswer } from '../define-command.ts';
import { channelLink, dateToken, mention } from '../text.ts';
import { commandLine, headline, section, serviceName } from './incident-lines.ts';

/** What the person who pressed "Acknowledge and take command" is told. */
export function acknowledgeAnswer(acknowledged: Acknowledged): string {
  const name = incidentName(acknowledged.incident);
  if (acknowledged.outcome === 'taken') return `You have command of ${name}.`;
  if (acknowledged.outcome === 'yours') return `You have command of ${name} already.`;
  const since = acknowledged.incident.acknowledgedAt;
  const when = since === null ? '' : ` (${dateToken(since, 'ago')})`;
  return `${mention(acknowledged.commander)} took command of ${name}${when}. Nothing was changed.`;
}

export function declaredAnswer(incident: Incident): string {
  const where =
    incident.channelId === null
      ? 'Its channel opens in a moment and you are invited to it.'
      : `Go to ${channelLink(incident.channelId)}.`;
  return `${headline(incident)}\nis declared. ${where}`;
}

/** One incident in a list. */
export function listLine(incident: Incident): string {
  const where = incident.channelId === null ? '' : ` · ${channelLink(incident.channelId)}`;
  return `${headline(incident)}\n${commandLine(incident)} · since ${dateToken(incident.startedAt, 'date-time')}${where}`;
}

export function listAnswer(incidents: readonly Incident[], shown: number): CommandAnswer {
  if (incidents.length === 0) return { text: 'No incident is open.' };
  const lines = incidents.slice(0, shown).map(listLine);
  const more = incidents.length > shown ? ['…and more.'] : [];
  return {
    text: `${incidents.length > shown ? `More than ${shown}` : incidents.length} open.`,
    blocks: [...lines, ...more].map(section),
  };
}

/** @param unconfirmed messages of which nobody knows whether people see them */
export function statusAnswer(picture: IncidentPicture, unconfirmed: readonly SurfaceKind[] = []): string {
  const { incident, counts } = picture;
  const alerts = counts.total === 0 ? '' : ` · ${counts.firing} of ${counts.total} alerts firing`;
  return [
    listLine(incident),
    `Service: ${serviceName(picture)}${alerts}`,
    ...unconfirmed.map(unconfirmedLine),
    `*Next:* ${nextStep(picture)}`,
  ].join('\n');
}

function unconfirmedLine(kind: SurfaceKind): string {
  const name = kind.replaceAll('-', ' ');
  return `:grey_question: A message is unconfirmed (${name}): Slack did not say whether it arrived. Tocsin keeps looking for it.`;
}
