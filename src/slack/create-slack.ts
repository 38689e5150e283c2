import type { Database } from '../db/database.ts';
import type { Logger } from '../logger.ts';
import type { Secret } from '../lib/secret.ts';
import type { Chat } from '../ports/chat.ts';
import { createChat } from './chat.ts';
import { createDirectory } from './directory.ts';
import type { SlackDirectory } from './directory.ts';
import { createGateway } from './gateway/gateway.ts';
import type { CallSample, Gateway } from './gateway/gateway.ts';
import { createTransport } from './gateway/transport.ts';
import { createIdentity } from './identity.ts';
import type { GetIdentity } from './identity.ts';

export interface CreateSlackInput {
  readonly botToken: Secret;
  /** Slack's Web API, with a slash at the end. */
  readonly apiUrl: string;
  /** Slack's limits × this; above 1 where Slack has granted more. */
  readonly limitScale?: number;
  readonly db: Database;
  readonly log: Logger;
  readonly onCall?: (sample: CallSample) => void;
}

/** Slack's side of the house, all of it through one gateway. */
export interface Slack {
  readonly gateway: Gateway;
  readonly identity: GetIdentity;
  readonly chat: Chat;
  readonly directory: SlackDirectory;
}

/** Builds what calls Slack; nothing is loaded or called before it is needed. */
export function createSlack(input: CreateSlackInput): Slack {
  const { db, log, apiUrl } = input;
  const gateway = createGateway({
    db,
    log,
    apiUrl,
    transport: createTransport({ token: input.botToken, apiUrl, log }),
    ...(input.limitScale === undefined ? {} : { limitScale: input.limitScale }),
    ...(input.onCall === undefined ? {} : { onCall: input.onCall }),
  });
  const identity = createIdentity(gateway);
  return {
    gateway,
    identity,
    chat: createChat({ gateway, identity, db, log }),
    directory: createDirectory({ gateway, identity, now: () => performance.now() }),
  };
}
