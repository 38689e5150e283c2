import type { Deps } from '../deps.ts';
import { appendLog } from '../log/append-log.ts';
import { accountsOf } from '../people/who.ts';
import type { JobPayloads } from '../queue/jobs.ts';
import { urgencyOf } from './model.ts';
import type { Incident } from './model.ts';
import { openChannel } from './open-channel.ts';
import { getIncident, markInvited } from './store.ts';

export type AnnounceDeps = Pick<Deps, 'config' | 'db' | 'enqueue' | 'chat' | 'directory'>;

/**
 * Job: gives a new incident its channel, hands on card, checklist and announcement, then invites the people on call and
 * the one who declared it. Every step looks first at what an earlier run recorded, so it may run again after a crash.
 */
export async function announceIncident(
  deps: AnnounceDeps,
  { incidentId }: JobPayloads['announce-incident'],
): Promise<void> {
  const incident = await getIncident(deps.db, incidentId);
  if (incident === undefined || incident.status === 'merged') return;
  const channelId = incident.channelId ?? (await openChannel(deps, incident));
  await inviteResponders(deps, incident, channelId);
}

async function inviteResponders(deps: AnnounceDeps, incident: Incident, channelId: string): Promise<void> {
  const userIds = await whomToInvite(deps, incident);
  const urgency = urgencyOf(incident.severity);
  // Inviting somebody again changes nothing, so a crash between this and the row below is harmless.
  if (userIds.length > 0) await deps.chat.invite({ channelId, userIds, urgency });
  await deps.db.transaction(async (tx) => {
    if (!(await markInvited(tx, incident.id))) return;
    await appendLog(tx, {
      incidentId: incident.id,
      kind: 'incident.responders_invited',
      actor: { kind: 'tocsin', part: 'announce-incident' },
      data: { users: userIds },
    });
  });
}

async function whomToInvite(deps: AnnounceDeps, incident: Incident): Promise<readonly string[]> {
  const declarer = incident.openedBy.kind === 'person' ? [incident.openedBy] : [];
  // The workspace is the one the token belongs to; invitations take user ids only.
  const onCall = await accountsOf(deps, deps.config.onCall.responders, declarer[0]?.teamId ?? '');
  const commander = incident.commander === null ? [] : [incident.commander];
  return [...new Set([...onCall, ...declarer, ...commander].map((user) => user.userId))];
}
