import { incidentName } from '../../incidents/model.ts';
import type { IncidentPicture } from '../../incidents/read-picture.ts';
import { describeSeconds, elapsedMs } from '../../lib/duration.ts';
import type { SlackMessage } from '../define-renderer.ts';
import { channelLink, escapeText, mention, truncate, visibleText } from '../text.ts';
import { plainHeadline, section, serviceName } from './incident-lines.ts';

/** A new post that says it is over; an edit of the announcement would tell nobody. */
export function resolutionPost(picture: IncidentPicture, impact: string | null): SlackMessage | null {
  const { incident } = picture;
  if (incident.resolvedAt === null) return null;
  const lasted = describeSeconds(elapsedMs(incident.startedAt, incident.resolvedAt) / 1_000);
  const title = escapeText(incident.title);
  const where = incident.channelId === null ? '' : ` · ${channelLink(incident.channelId)}`;
  const who = incident.commander === null ? '' : ` · ${mention(incident.commander)} had command`;
  const told = impact === null ? '' : `\nImpact: ${escapeText(truncate(visibleText(impact), 1_000))}`;
  const line = `:white_check_mark: *Resolved after ${lasted}: ${incident.severity} ${incidentName(incident)}: ${title}*`;
  return {
    text: `Resolved after ${lasted}: ${plainHeadline(incident)}.`,
    blocks: [section(`${line}\nService: ${serviceName(picture)}${who}${where}${told}`)],
  };
}
