import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { appendLog } from '../log/append-log.ts';
import type { SlackUser } from '../people/model.ts';
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

/** Seconds until somebody looks again who is in a group that could not be read. */
const LOOK_AGAIN = 30;

async function inviteResponders(deps: AnnounceDeps, incident: Incident, channelId: string): Promise<void> {
  const { userIds, unread } = await whomToInvite(deps, incident);
  const urgency = urgencyOf(incident.severity);
  // Inviting somebody again changes nothing, so a crash between this and the row below is harmless.
  if (userIds.length > 0) await deps.chat.invite({ channelId, userIds, urgency });
  if (unread !== undefined) {
    throw new CodedError('rate_limited', 'Slack does not say who is in a group of people on call.', {
      cause: unread,
      retryAfterSeconds: LOOK_AGAIN,
    });
  }
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

/** Everybody who is known; a group that cannot be read keeps nobody else waiting. */
async function whomToInvite(
  deps: AnnounceDeps,
  incident: Incident,
): Promise<{ readonly userIds: readonly string[]; readonly unread: CodedError | undefined }> {
  const declarer = incident.openedBy.kind === 'person' ? [incident.openedBy] : [];
  const found: SlackUser[] = [];
  let unread: CodedError | undefined;
  for (const ref of deps.config.onCall.responders) {
    try {
      // The workspace is the one the token belongs to; invitations take user ids only.
      found.push(...(await accountsOf(deps, [ref], declarer[0]?.teamId ?? '')));
    } catch (error) {
      if (!(error instanceof CodedError) || !error.retryable) throw error;
      unread = error;
    }
  }
  const commander = incident.commander === null ? [] : [incident.commander];
  const userIds = [...new Set([...found, ...declarer, ...commander].map((user) => user.userId))];
  return { userIds, unread };
}
