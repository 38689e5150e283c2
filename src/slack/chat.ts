import type { Database } from '../db/database.ts';
import type { Logger } from '../logger.ts';
import type { Chat } from '../ports/chat.ts';
import { findOwnChannel } from './find-channel.ts';
import { slackErrorOf } from './gateway/classify-error.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { GetIdentity } from './identity.ts';
import { asRecord, textOf } from './payload.ts';
import { truncate } from './text.ts';
import { uploadDocument } from './upload-document.ts';

export interface ChatDeps {
  readonly gateway: Gateway;
  readonly identity: GetIdentity;
  readonly db: Database;
  readonly log: Logger;
}

/** Slack's words for people who cannot be invited, or are in already: no reason not to invite the others. */
const PASSED_OVER: ReadonlySet<string> = new Set([
  'already_in_channel',
  'cant_invite',
  'cant_invite_self',
  'user_not_found',
  'no_user',
  'user_is_restricted',
  'ura_max_channels',
  'invitee_cant_see_channel',
  'org_user_not_in_team',
]);

/** Characters of a channel's topic. */
const TOPIC_LENGTH = 250;
/** People one call of conversations.invite takes. */
const INVITED_AT_ONCE = 100;

type Invitation = Parameters<Chat['invite']>[0];

/** The chat port on Slack, through the gateway. */
export function createChat(deps: ChatDeps): Chat {
  return {
    createChannel: (input) => createChannel(deps, input),
    findOwnChannel: (input) => findOwnChannel(deps, input),
    invite: (input) => invite(deps, input),
    setTopic: async ({ channelId, topic, urgency }) => {
      const cut = truncate(topic, TOPIC_LENGTH);
      await deps.gateway.call('conversations.setTopic', { channel: channelId, topic: cut }, { urgency });
    },
    pin: (input) => pin(deps, input),
    uploadDocument: (input) => uploadDocument(deps, input),
    permalink: (input) => permalink(deps, input),
  };
}

async function createChannel(
  deps: ChatDeps,
  input: Parameters<Chat['createChannel']>[0],
): ReturnType<Chat['createChannel']> {
  try {
    const answer = await deps.gateway.call(
      'conversations.create',
      { name: input.name, is_private: input.isPrivate },
      { urgency: input.urgency },
    );
    return { outcome: 'created', channelId: textOf(asRecord(answer['channel'])['id']) };
  } catch (error) {
    if (slackErrorOf(error) === 'name_taken') return { outcome: 'name_taken' };
    throw error;
  }
}

async function invite(deps: ChatDeps, input: Invitation): Promise<void> {
  for (let at = 0; at < input.userIds.length; at += INVITED_AT_ONCE) {
    const userIds = input.userIds.slice(at, at + INVITED_AT_ONCE);
    await inviteTogether(deps, { ...input, userIds });
  }
}

/** One call for all; when Slack refuses it for one of them, each is invited alone. */
async function inviteTogether(deps: ChatDeps, input: Invitation): Promise<void> {
  try {
    await callInvite(deps, input);
  } catch (error) {
    const slack = slackErrorOf(error) ?? '';
    if (!PASSED_OVER.has(slack)) throw error;
    if (input.userIds.length > 1) {
      for (const userId of input.userIds) await inviteTogether(deps, { ...input, userIds: [userId] });
    } else if (slack !== 'already_in_channel') {
      deps.log.info({ channelId: input.channelId, slack }, 'somebody could not be invited');
    }
  }
}

async function callInvite(deps: ChatDeps, input: Invitation): Promise<void> {
  await deps.gateway.call(
    'conversations.invite',
    { channel: input.channelId, users: input.userIds.join(',') },
    { urgency: input.urgency },
  );
}

async function pin(deps: ChatDeps, input: Parameters<Chat['pin']>[0]): Promise<void> {
  try {
    await deps.gateway.call(
      'pins.add',
      { channel: input.channelId, timestamp: input.ts },
      { urgency: input.urgency },
    );
  } catch (error) {
    if (slackErrorOf(error) !== 'already_pinned') throw error;
  }
}

async function permalink(
  deps: ChatDeps,
  input: Parameters<Chat['permalink']>[0],
): Promise<string | undefined> {
  try {
    const answer = await deps.gateway.call(
      'chat.getPermalink',
      { channel: input.channelId, message_ts: input.ts },
      { urgency: 5 },
    );
    return textOf(answer['permalink']) || undefined;
  } catch (error) {
    const slack = slackErrorOf(error);
    if (slack === 'message_not_found' || slack === 'channel_not_found') return undefined;
    throw error;
  }
}
