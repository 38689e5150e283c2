import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** A keyed set of plain JSON values whose every change is on disk before the call returns. */
export type Collection<T> = {
  get: (key: string) => T | undefined;
  /** Stores the value as it is now; change a value only by setting it again. */
  set: (key: string, value: T) => void;
  delete: (key: string) => void;
  values: () => T[];
  keys: () => string[];
  size: () => number;
  clear: () => void;
};

export type Journal = {
  /** Claims the collection of that name, as replayed from disk. One owner each: a second claim throws. */
  collection: <T>(name: string) => Collection<T>;
  /** Forgets everything, on disk too. */
  reset: () => void;
  close: () => void;
};

/** One change: collection, key, and the value, which is missing for a deletion. */
type Line = { c: string; k: string; v?: unknown };

/** Collection → key → the last line about it. */
type Replayed = Map<string, Map<string, string>>;

/** Lines beyond which the file is rewritten at the next start. */
const COMPACT_ABOVE = 20_000;

/**
 * Opens the append-only journal in `folder` (JSON lines, one change a line) and replays it.
 *
 * Lines are written with one synchronous write each, so a killed process loses nothing that it
 * had answered for; a line torn by the kill is dropped at the next start.
 */
export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'journal.jsonl');
  const replayed = replay(file);
  let handle = openSync(file, 'a');
  const append = (line: Line): void => {
    writeSync(handle, `${JSON.stringify(line)}\n`);
  };
  const claimed = new Map<string, () => void>();
  return {
    collection: <T>(name: string) => {
      if (claimed.has(name)) throw new Error(`The journal's collection "${name}" has an owner already.`);
      const store = new Map<string, T>();
      for (const [key, text] of replayed.get(name) ?? []) {
        // Our own line: its value has the type that the collection's owner wrote.
        const line: { v: T } = JSON.parse(text);
        store.set(key, line.v);
      }
      claimed.set(name, () => store.clear());
      return collectionOf(name, store, append);
    },
    reset: () => {
      for (const clear of claimed.values()) clear();
      replayed.clear();
      closeSync(handle);
      writeFileSync(file, '');
      handle = openSync(file, 'a');
    },
    close: () => closeSync(handle),
  };
}

function collectionOf<T>(name: string, store: Map<string, T>, append: (line: Line) => void): Collection<T> {
  return {
    get: (key) => store.get(key),
    set: (key, value) => {
      append({ c: name, k: key, v: value });
      store.set(key, value);
    },
    delete: (key) => {
      if (!store.has(key)) return;
      append({ c: name, k: key });
      store.delete(key);
    },
    values: () => [...store.values()],
    keys: () => [...store.keys()],
    size: () => store.size,
    clear: () => {
      for (const key of store.keys()) append({ c: name, k: key });
      store.clear();
    },
  };
}

function replay(file: string): Replayed {
  const replayed: Replayed = new Map();
  if (!existsSync(file)) return replayed;
  const lines = readFileSync(file, 'utf8').split('\n');
  // What follows the last newline was being written when the process died.
  const torn = lines.pop() !== '';
  for (const text of lines) {
    const line: Line = JSON.parse(text);
    const store = replayed.get(line.c) ?? new Map<string, string>();
    replayed.set(line.c, store);
    if (line.v === undefined) store.delete(line.k);
    else store.set(line.k, text);
  }
  if (torn || lines.length > COMPACT_ABOVE) rewrite(file, replayed);
  return replayed;
}

function rewrite(file: string, replayed: Replayed): void {
  const lines = [...replayed.values()].flatMap((store) => [...store.values()]);
  writeFileSync(`${file}.new`, lines.map((line) => `${line}\n`).join(''));
  renameSync(`${file}.new`, file);
}
