import type { Journal } from '../journal.ts';
import type { Message } from './types.ts';

export type MessageStore = {
  get: (channel: string, ts: string) => Message | undefined;
  set: (message: Message) => void;
  delete: (channel: string, ts: string) => void;
  /** All of a channel, oldest first, ephemeral ones too. */
  of: (channel: string) => Message[];
  /** A new timestamp, later than all before it: `seconds.micros`. */
  nextTs: () => string;
  /** Forgets the index after the journal was emptied. */
  reset: () => void;
};

/** Messages by channel and timestamp, indexed for history. */
export function createMessageStore(journal: Journal, now: () => number): MessageStore {
  const stored = journal.collection<Message>('slack.messages');
  const index = new Map<string, Map<string, Message>>();
  let last = 0;
  for (const message of stored.values().sort((a, b) => a.ts.localeCompare(b.ts))) {
    channelOf(index, message.channel).set(message.ts, message);
    last = Math.max(last, micros(message.ts));
  }
  return {
    get: (channel, ts) => index.get(channel)?.get(ts),
    set: (message) => {
      stored.set(`${message.channel}/${message.ts}`, message);
      channelOf(index, message.channel).set(message.ts, message);
    },
    delete: (channel, ts) => {
      stored.delete(`${channel}/${ts}`);
      index.get(channel)?.delete(ts);
    },
    of: (channel) => [...(index.get(channel)?.values() ?? [])],
    nextTs: () => {
      last = Math.max(last + 1, now() * 1000);
      return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, '0')}`;
    },
    reset: () => index.clear(),
  };
}

function channelOf(index: Map<string, Map<string, Message>>, channel: string): Map<string, Message> {
  const known = index.get(channel);
  if (known) return known;
  const created = new Map<string, Message>();
  index.set(channel, created);
  return created;
}

/** `seconds.micros` as whole microseconds: exact in a double until the year 2255. */
function micros(ts: string): number {
  const [seconds = '0', rest = '0'] = ts.split('.');
  return Number(seconds) * 1e6 + Number(rest);
}
