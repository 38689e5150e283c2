import type { SlackUser } from '../people/model.ts';
import { asRecord, textOf } from './payload.ts';
import type { PayloadRecord } from './payload.ts';

/** What every delivery of Slack says, whatever its kind. Nothing of it is believed beyond Slack's own signature. */
export interface Incoming {
  readonly body: PayloadRecord;
  /** The workspace it comes from. */
  readonly teamId: string;
  readonly enterpriseId: string;
  readonly isEnterpriseInstall: boolean;
  readonly appId: string;
  /** Who acted: the pair (their own team, user id). */
  readonly user: SlackUser;
  readonly channelId: string;
  readonly triggerId: string;
  readonly responseUrl: string;
  /** Under these a repeat of this very delivery is known. */
  readonly keys: readonly string[];
}

/** @param keys of the transport: the request's signature, or the envelope's id */
export function readIncoming(body: unknown, keys: readonly string[]): Incoming {
  const fields = asRecord(body);
  const user = asRecord(fields['user']);
  const teamId = textOf(fields['team_id']) || textOf(asRecord(fields['team'])['id']);
  const eventId = textOf(fields['event_id']);
  return {
    body: fields,
    teamId,
    enterpriseId: textOf(fields['enterprise_id']) || textOf(asRecord(fields['enterprise'])['id']),
    isEnterpriseInstall: String(fields['is_enterprise_install']) === 'true',
    appId: textOf(fields['api_app_id']),
    user: {
      teamId: textOf(user['team_id']) || teamId,
      userId: textOf(fields['user_id']) || textOf(user['id']),
    },
    channelId:
      textOf(fields['channel_id']) ||
      textOf(asRecord(fields['channel'])['id']) ||
      textOf(asRecord(fields['container'])['channel_id']),
    triggerId: textOf(fields['trigger_id']),
    responseUrl: textOf(fields['response_url']),
    keys: eventId === '' ? keys : [...keys, `event:${eventId}`],
  };
}
