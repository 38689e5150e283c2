import type { Gateway } from './gateway/gateway.ts';
import type { GetIdentity } from './identity.ts';
import { asRecord, listOf, textOf } from './payload.ts';

/** A new channel is among the first pages or not there; Slack lists at most 1,000 a page, 200 is what it advises. */
const PAGE = 1_000;
const PAGES = 20;
/** Slack's clock and ours may differ by so much. */
const MARGIN_MS = 120_000;

/**
 * A channel of this name that our own bot created no earlier than `since`: what a try without an answer left. Others'
 * channels of that name, and older ones of ours, are never adopted.
 */
export async function findOwnChannel(
  deps: { readonly gateway: Gateway; readonly identity: GetIdentity },
  input: { readonly name: string; readonly since: Date },
): Promise<string | undefined> {
  const { botUserId } = await deps.identity();
  let cursor = '';
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await deps.gateway.call(
      'conversations.list',
      {
        types: 'public_channel,private_channel',
        exclude_archived: true,
        limit: PAGE,
        ...(cursor === '' ? {} : { cursor }),
      },
      { urgency: 2 },
    );
    const channel = listOf(answer['channels'])
      .map(asRecord)
      .find((one) => one['name'] === input.name);
    if (channel !== undefined) {
      const created = typeof channel['created'] === 'number' ? channel['created'] * 1000 : 0;
      const isOurs = channel['creator'] === botUserId && created >= input.since.getTime() - MARGIN_MS;
      return isOurs ? textOf(channel['id']) : undefined;
    }
    cursor = textOf(asRecord(answer['response_metadata'])['next_cursor']);
    if (cursor === '') return undefined;
  }
  return undefined;
}
