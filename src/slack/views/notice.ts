import { ACKNOWLEDGE_WITHIN, incidentName, isOpen } from '../../incidents/model.ts';
import type { NoticeTopic } from '../../incidents/notices.ts';
import type { IncidentPicture } from '../../incidents/read-picture.ts';
import { describeSeconds } from '../../lib/duration.ts';
import type { SlackMessage } from '../define-renderer.ts';
import { mention } from '../text.ts';
import { section } from './incident-lines.ts';

/** A short post in the incident's channel. `calls` are mentions of the people on call, for the topics that call them. */
export function notice(topic: NoticeTopic, picture: IncidentPicture, calls: readonly string[]): SlackMessage {
  const said = sentence(topic, picture);
  const mentions = callsPeople(topic, picture) && calls.length > 0 ? `${calls.join(' ')} ` : '';
  return { text: said, blocks: [section(`${mentions}${said}`)] };
}

function callsPeople(topic: NoticeTopic, { incident }: IncidentPicture): boolean {
  return topic !== 'all-resolved' && isOpen(incident);
}

function sentence(topic: NoticeTopic, { incident, counts }: IncidentPicture): string {
  const name = incidentName(incident);
  if (topic === 'all-resolved') {
    return counts.firing === 0
      ? `All alerts of ${name} are resolved. Check that it stays well, then resolve the incident.`
      : `All alerts of ${name} were resolved for a while; ${counts.firing} of ${counts.total} fire again.`;
  }
  if (topic === 'acknowledge-overdue') {
    if (incident.commander !== null) return `${mention(incident.commander)} has command of ${name} now.`;
    const waited = describeSeconds(ACKNOWLEDGE_WITHIN[incident.severity] * 60);
    return `Nobody has taken command of ${name} (${incident.severity}) within ${waited}. Who can? “Acknowledge and take command” is on the card above.`;
  }
  const to = topic.slice('raised-'.length);
  return `${name} is ${to} now: a worse alert joined it.`;
}
