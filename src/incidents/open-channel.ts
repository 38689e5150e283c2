import { countAlerts } from '../alerts/store.ts';
import { constraintOf } from '../db/database-error.ts';
import type { Queryable } from '../db/database.ts';
import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { appendLog } from '../log/append-log.ts';
import { wantSurface } from '../surfaces/want-surface.ts';
import { channelName } from './channel-name.ts';
import { incidentName, urgencyOf } from './model.ts';
import type { Incident } from './model.ts';
import { noticeSubject } from './notices.ts';
import { getChannelSuffix, lockIncident, raiseChannelSuffix, setChannel } from './store.ts';

export type OpenChannelDeps = Pick<Deps, 'config' | 'db' | 'enqueue' | 'chat'>;

/** How many names are tried before a person has to look. */
const NAMES = 20;
/** Seconds: who responds has channel, card and checklist first; then the others are told; topic and pin come last. */
const ANNOUNCE_AFTER = 1;
const DECORATE_AFTER = 2;

/**
 * The incident's channel: created, or adopted when an earlier try of ours created it and died before it could say so.
 * A name that others hold gets a suffix. What is known is recorded before the next step, so a crash loses nothing.
 */
export async function openChannel(deps: OpenChannelDeps, incident: Incident): Promise<string> {
  let suffix = await getChannelSuffix(deps.db, incident.id);
  for (let tries = 0; tries < NAMES; tries += 1) {
    const name = channelName(incident, suffix);
    const channelId = await createOrAdopt(deps, incident, name);
    if (channelId !== undefined) {
      const recorded = await record(deps, incident.id, { channelId, name });
      if (recorded !== undefined) return recorded;
    }
    suffix += 1;
    await raiseChannelSuffix(deps.db, incident.id, suffix);
  }
  throw new CodedError('conflict', `${incidentName(incident)} found no free channel name in ${NAMES} tries.`);
}

async function createOrAdopt(
  deps: OpenChannelDeps,
  incident: Incident,
  name: string,
): Promise<string | undefined> {
  const urgency = urgencyOf(incident.severity);
  const created = await deps.chat.createChannel({ name, isPrivate: incident.isPrivate, urgency });
  if (created.outcome === 'created') return created.channelId;
  // Slack knows whole seconds only.
  const since = new Date(Math.floor(incident.openedAt.getTime() / 1000) * 1000);
  return deps.chat.findOwnChannel({ name, since });
}

interface Channel {
  readonly channelId: string;
  readonly name: string;
}

/**
 * Records the channel with everything that follows from it.
 * @returns the incident's channel; undefined when this one is another incident's
 */
async function record(
  deps: OpenChannelDeps,
  incidentId: string,
  channel: Channel,
): Promise<string | undefined> {
  try {
    return await deps.db.transaction(async (tx) => {
      const incident = await lockIncident(tx, incidentId);
      if (incident === undefined) throw new CodedError('not_found', 'There is no such incident.');
      // Another replica was faster.
      if (incident.channelId !== null) return incident.channelId;
      await setChannel(tx, incidentId, channel);
      await handOn(deps, tx, incident, channel.channelId);
      await appendLog(tx, {
        incidentId,
        kind: 'incident.channel_opened',
        actor: { kind: 'tocsin', part: 'announce-incident' },
        data: { channelId: channel.channelId },
        texts: { name: channel.name },
      });
      return channel.channelId;
    });
  } catch (error) {
    if (constraintOf(error) === 'incidents_channel_id_key') return undefined;
    throw error;
  }
}

/** In the order of use: card, checklist, announcement, and what is nice to have last. */
async function handOn(
  deps: OpenChannelDeps,
  tx: Queryable,
  incident: Incident,
  channelId: string,
): Promise<void> {
  const { id: incidentId } = incident;
  const urgency = urgencyOf(incident.severity);
  const { enqueue } = deps;
  await wantSurface(tx, enqueue, {
    kind: 'incident-card',
    subject: incidentId,
    incidentId,
    channelId,
    urgency,
  });
  await enqueue(tx, 'start-checklist', { incidentId }, { key: incidentId, urgency });
  if (deps.config.incidentsChannel !== '' && !incident.isPrivate) {
    await wantSurface(tx, enqueue, {
      kind: 'announcement',
      subject: incidentId,
      incidentId,
      channelId: deps.config.incidentsChannel,
      urgency: urgency + 1,
      delaySeconds: ANNOUNCE_AFTER,
    });
  }
  const alerts = await countAlerts(tx, incidentId);
  if (alerts.total > 0 && alerts.firing === 0) {
    const subject = noticeSubject('all-resolved', incidentId);
    await wantSurface(tx, enqueue, { kind: 'notice', subject, incidentId, channelId, urgency: urgency + 1 });
  }
  await enqueue(tx, 'decorate-channel', { incidentId }, { key: incidentId, delaySeconds: DECORATE_AFTER });
}
