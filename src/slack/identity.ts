import { CodedError } from '../errors.ts';
import type { Gateway } from './gateway/gateway.ts';
import { asRecord, textOf } from './payload.ts';

/** Who we are in Slack. Asked once, when first needed: Slack may be down when the process starts. */
export interface Identity {
  readonly teamId: string;
  readonly botUserId: string;
  readonly botId: string;
  /** Null when Slack does not tell; then the signature alone says that a request is for this app. */
  readonly appId: string | null;
  /** Of an Enterprise organisation; null outside of one. */
  readonly enterpriseId: string | null;
}

export type GetIdentity = () => Promise<Identity>;

/** @throws CodedError `unavailable` or `config` while Slack cannot be asked */
export function createIdentity(gateway: Gateway): GetIdentity {
  let known: Identity | undefined;
  let asking: Promise<Identity> | undefined;
  return async () => {
    if (known !== undefined) return known;
    asking ??= ask(gateway).finally(() => {
      asking = undefined;
    });
    known = await asking;
    return known;
  };
}

async function ask(gateway: Gateway): Promise<Identity> {
  const answer = await gateway.answer('auth.test', {}).catch((error: unknown) => {
    if (error instanceof CodedError && error.code === 'config') throw error;
    throw new CodedError(
      'unavailable',
      'Slack does not answer me right now; nothing was changed. Try again.',
      {
        cause: error,
      },
    );
  });
  const teamId = textOf(answer['team_id']);
  const botUserId = textOf(answer['user_id']);
  const botId = textOf(answer['bot_id']);
  if (teamId === '' || botUserId === '' || botId === '') {
    throw new CodedError('config', 'The Slack token is not a bot token (xoxb-…).', { retryable: true });
  }
  const enterpriseId = textOf(answer['enterprise_id']) || null;
  return { teamId, botUserId, botId, appId: await askAppId(gateway, botUserId), enterpriseId };
}

/** A bot's profile names its app; auth.test does not. */
async function askAppId(gateway: Gateway, botUserId: string): Promise<string | null> {
  try {
    const answer = await gateway.answer('users.info', { user: botUserId });
    return textOf(asRecord(asRecord(answer['user'])['profile'])['api_app_id']) || null;
  } catch (error) {
    // Refused for good, as without the scope: the signature alone has to say it. Anything else is asked again.
    if (error instanceof CodedError && !error.retryable) return null;
    throw error;
  }
}
