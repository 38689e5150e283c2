import { randomBytes } from 'node:crypto';

import { createEventHub, type EventHub } from './events.ts';
import { createFaults, type Faults } from './faults.ts';
import { openJournal, type Journal } from './journal.ts';
import { openLedger, type Ledger } from './ledger.ts';
import type { SandboxSettings } from './settings.ts';
import { createSlackState, type SlackState } from './slack/state.ts';

/** Everything the sandbox knows, as one plain object that every part is handed. */
export type World = {
  settings: SandboxSettings;
  /** `http://127.0.0.1:PORT`, known once the server listens. */
  url: string;
  journal: Journal;
  ledger: Ledger;
  faults: Faults;
  events: EventHub;
  slack: SlackState;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** A new random id with that prefix, in Slack's alphabet (capital letters and digits). */
  newId: (prefix: string) => string;
  /** Called by `/control/reset` after the journal was emptied: each part seeds itself again. */
  onReset: (() => void)[];
  /** Called when the sandbox stops. */
  onStop: (() => void)[];
  /** Set first when it stops: what comes late is dropped. */
  stopped: boolean;
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

export function createWorld(settings: SandboxSettings): World {
  const now = (): number => Date.now();
  const journal = openJournal(settings.dataFolder);
  return {
    settings,
    url: '',
    journal,
    ledger: openLedger(settings.dataFolder, now),
    faults: createFaults(newId),
    events: createEventHub(),
    slack: createSlackState(journal, settings, now),
    now,
    newId,
    onReset: [],
    onStop: [],
    stopped: false,
  };
}

function newId(prefix: string): string {
  const letters = [...randomBytes(9)].map((byte) => ALPHABET[byte % ALPHABET.length]);
  return `${prefix}${letters.join('')}`;
}
