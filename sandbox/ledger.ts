import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export type LedgerEntry = {
  seq: number;
  /** ISO time. */
  at: string;
  kind: 'slack' | 'kubernetes' | 'delivery';
  /** Slack method, `VERB /path` of a Kubernetes call, or the kind of a delivery. */
  method: string;
  ok: boolean;
  error?: string;
  /** Accepted, and it changed state: what fault tests count. */
  effect: boolean;
  /** HTTP status that was answered; 0 where the connection was cut instead. */
  status: number;
  args: Record<string, unknown>;
  result?: Record<string, unknown>;
  /** Kind of the fault that was injected into this call. */
  fault?: string;
};

export type LedgerCounts = Record<string, { ok: number; failed: number; rate_limited: number }>;

export type Ledger = {
  /** Stores one entry, tokens and secrets left out, and returns it with its number. */
  record: (entry: Omit<LedgerEntry, 'seq' | 'at'>) => LedgerEntry;
  entries: (filter?: { method?: string; since?: number }) => LedgerEntry[];
  counts: () => LedgerCounts;
  reset: () => void;
  close: () => void;
};

const SECRET_KEYS = new Set(['token', 'authorization', 'client_secret', 'signing_secret']);

/** Opens the ledger file in `folder`: every call and delivery that the sandbox answered, in order. */
export function openLedger(folder: string, now: () => number): Ledger {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'ledger.jsonl');
  let entries = load(file);
  // A line torn by a kill would spoil the next one: start on whole lines.
  writeFileSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  let handle = openSync(file, 'a');
  let seq = entries.at(-1)?.seq ?? 0;
  return {
    record: (entry) => {
      seq += 1;
      const stored: LedgerEntry = {
        seq,
        at: new Date(now()).toISOString(),
        ...entry,
        args: redact(entry.args),
      };
      writeSync(handle, `${JSON.stringify(stored)}\n`);
      entries.push(stored);
      return stored;
    },
    entries: ({ method, since } = {}) =>
      entries.filter(
        (entry) =>
          (method === undefined || entry.method === method) && (since === undefined || entry.seq > since),
      ),
    counts: () => count(entries),
    reset: () => {
      entries = [];
      closeSync(handle);
      writeFileSync(file, '');
      handle = openSync(file, 'a');
    },
    close: () => closeSync(handle),
  };
}

function load(file: string): LedgerEntry[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  lines.pop();
  return lines.map((line) => {
    const entry: LedgerEntry = JSON.parse(line);
    return entry;
  });
}

function count(entries: LedgerEntry[]): LedgerCounts {
  const counts: LedgerCounts = {};
  for (const entry of entries) {
    const of = (counts[entry.method] ??= { ok: 0, failed: 0, rate_limited: 0 });
    if (entry.status === 429) of.rate_limited += 1;
    else if (entry.ok) of.ok += 1;
    else of.failed += 1;
  }
  return counts;
}

function redact(args: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => [key, SECRET_KEYS.has(key.toLowerCase()) ? '***' : value]),
  );
}
