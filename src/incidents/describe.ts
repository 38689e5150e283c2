import type { Descriptions, Told } from '../log/describe-entry.ts';

/** Sentences for the rows that alerts and incidents write. */
export const INCIDENT_DESCRIPTIONS: Descriptions = {
  'incident.opened': ({ who, entry, field, text }) =>
    entry.actor.kind === 'person'
      ? `${who} declared INC-${field('number')} (${field('severity')}): ${text('title')}`
      : `${who} opened INC-${field('number')} (${field('severity')}): ${text('title')}. ${text('reason')}`,
  'incident.channel_opened': ({ text }) => `Channel #${text('name')} opened.`,
  'incident.responders_invited': ({ entry, say }) => {
    const users = Array.isArray(entry.data['users']) ? entry.data['users'].map(String) : [];
    if (users.length === 0) return null;
    return `Invited ${users.map((userId) => say.person({ teamId: '', userId })).join(', ')}.`;
  },
  'incident.acknowledged': ({ who }) => `${who} acknowledged and took command.`,
  'incident.status_changed': ({ who, field }) =>
    `${who} changed the status from ${field('from')} to ${field('to')}.`,
  'incident.service_set': ({ who, field }) => `${who} set the service to ${field('to')}.`,
  'incident.severity_raised': ({ field, text }) =>
    `Severity raised from ${field('from')} to ${field('to')}, because ${text('alert')} fired.`,
  'incident.acknowledge_overdue': ({ field }) =>
    `Nobody had taken command after ${field('minutes')} minutes; the people on call were called again.`,
  'alert.joined': (told) => `Alert joined: ${told.text('alerts')}.`,
  'alert.fired_again': (told) => `${alerts(told)} fired again.`,
  'alert.resolved': (told) => `${alerts(told)} resolved.`,
  'alerts.all_resolved': () => 'All alerts are resolved.',
};

function alerts({ field }: Told): string {
  return field('count') === '1' ? 'An alert' : `${field('count')} alerts`;
}
