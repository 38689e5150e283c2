import type { Logger } from '../../logger.ts';
import type { Secret } from '../../lib/secret.ts';
import type { PayloadRecord } from '../payload.ts';
import { asRecord } from '../payload.ts';
import { createSdkLogger } from '../sdk-logger.ts';

export interface TransportOptions {
  readonly token: Secret;
  /** Slack's Web API, with a slash at the end: https://slack.com/api/ */
  readonly apiUrl: string;
  readonly log: Logger;
}

export interface Transport {
  /** One HTTP request, no retries. Throws what web-api throws. */
  readonly send: (method: string, args: PayloadRecord, timeoutMs: number) => Promise<PayloadRecord>;
}

type Send = (method: string, args: Record<string, unknown>) => Promise<unknown>;

/** web-api's client, loaded with the first call so that the process is ready before the SDK is. */
export function createTransport(options: TransportOptions): Transport {
  const clients = new Map<number, Promise<Send>>();
  return {
    send: async (method, args, timeoutMs) => {
      const client = clients.get(timeoutMs) ?? createClient(options, timeoutMs);
      clients.set(timeoutMs, client);
      const send = await client;
      return asRecord(await send(method, { ...args }));
    },
  };
}

async function createClient(options: TransportOptions, timeoutMs: number): Promise<Send> {
  const { webApi } = await import('@slack/bolt');
  const client = new webApi.WebClient(options.token.reveal(), {
    slackApiUrl: options.apiUrl,
    timeout: timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: createSdkLogger(options.log, webApi.LogLevel.INFO),
  });
  return (method, args) => client.apiCall(method, args);
}
