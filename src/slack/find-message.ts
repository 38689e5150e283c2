import type { Gateway } from './gateway/gateway.ts';
import { asRecord, listOf, textOf } from './payload.ts';
import type { PayloadRecord } from './payload.ts';

/** The event_type in the metadata of every message of ours; its payload has the surface's id. */
export const SURFACE_EVENT = 'tocsin_surface';

export interface FindMessageInput {
  readonly channelId: string;
  /** Slack's time of the oldest message to look at. */
  readonly since: Date;
  readonly urgency: number;
}

/** Slack's clock and ours may differ; so much earlier a look begins. */
const MARGIN_SECONDS = 120;
const PAGE = 100;
/** Pages at most: a thousand messages between a try and the look for it. */
const PAGES = 10;

/** Reads a channel back, newest first, until a message fits; undefined when none does. */
export async function findMessage(
  gateway: Gateway,
  input: FindMessageInput,
  fits: (message: PayloadRecord) => boolean,
): Promise<PayloadRecord | undefined> {
  const oldest = (input.since.getTime() / 1000 - MARGIN_SECONDS).toFixed(6);
  let cursor = '';
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await gateway.call(
      'conversations.history',
      {
        channel: input.channelId,
        oldest,
        limit: PAGE,
        include_all_metadata: true,
        ...(cursor === '' ? {} : { cursor }),
      },
      { urgency: input.urgency },
    );
    const found = listOf(answer['messages']).map(asRecord).find(fits);
    if (found !== undefined) return found;
    cursor = textOf(asRecord(answer['response_metadata'])['next_cursor']);
    if (cursor === '') return undefined;
  }
  return undefined;
}

/** True for the message that shows a surface. Anyone may post metadata, so it must also be our own bot's. */
export function isSurfaceMessage(message: PayloadRecord, surfaceId: string, botUserId: string): boolean {
  const metadata = asRecord(message['metadata']);
  return (
    textOf(message['user']) === botUserId &&
    metadata['event_type'] === SURFACE_EVENT &&
    asRecord(metadata['event_payload'])['id'] === surfaceId
  );
}
