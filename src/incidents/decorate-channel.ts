import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import type { JobPayloads } from '../queue/jobs.ts';
import { findSurfaces } from '../surfaces/store.ts';
import { incidentName } from './model.ts';
import type { Incident } from './model.ts';
import { getIncident } from './store.ts';

/** Last in line: in a storm the channels of all incidents come before any topic. */
const URGENCY = 8;
/** Slack's limit for a topic. */
const MAX_TOPIC = 250;

/** Job: topic and pin. Nice to have; setting either again changes nothing. */
export async function decorateChannel(
  deps: Pick<Deps, 'config' | 'db' | 'chat'>,
  { incidentId }: JobPayloads['decorate-channel'],
): Promise<void> {
  const incident = await getIncident(deps.db, incidentId);
  if (incident === undefined || incident.channelId === null) return;
  const { channelId } = incident;
  const [card] = await findSurfaces(deps.db, 'incident-card', incidentId);
  // Before anything is called: a second try would set the topic again, which the channel shows.
  if (card !== undefined && card.ts === null)
    throw new CodedError('unavailable', 'The card is not posted yet.');
  await deps.chat.setTopic({ channelId, topic: topicOf(deps, incident), urgency: URGENCY });
  if (card?.ts) await deps.chat.pin({ channelId, ts: card.ts, urgency: URGENCY });
}

function topicOf(deps: Pick<Deps, 'config'>, incident: Incident): string {
  const service = incident.service === null ? undefined : deps.config.services.get(incident.service);
  const parts = [incidentName(incident), incident.severity, ...(service === undefined ? [] : [service.name])];
  const topic = `${parts.join(' · ')} · ${incident.title}`;
  // In a topic, too, only tokens of ours may have an effect.
  const plain = topic.replace(/[<>&]/g, ' ').replace(/\s+/g, ' ');
  return plain.length <= MAX_TOPIC ? plain : `${plain.slice(0, MAX_TOPIC - 1).toWellFormed()}…`;
}
