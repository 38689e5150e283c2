import type { IncidentPicture } from '../../incidents/read-picture.ts';
import type { SlackMessage } from '../define-renderer.ts';
import { channelLink, dateToken } from '../text.ts';
import { commandLine, headline, plainHeadline, section, serviceName } from './incident-lines.ts';

/** The line about an incident in the incidents channel: posted once, then kept true by editing. */
export function announcement(picture: IncidentPicture): SlackMessage {
  const { incident } = picture;
  const where = incident.channelId === null ? '' : ` · ${channelLink(incident.channelId)}`;
  const when = ` · since ${dateToken(incident.startedAt, 'date-time')}`;
  return {
    text: `${plainHeadline(incident)}. Service: ${serviceName(picture)}.`,
    blocks: [
      section(
        `${headline(incident)}\n${commandLine(incident)} · Service: ${serviceName(picture)}${when}${where}`,
      ),
    ],
  };
}
