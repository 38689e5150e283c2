export interface FreshCache<T> {
  /** The value, at most as old as the limit; several askers at once share one question. Failures are not kept. */
  readonly get: (key: string, ask: () => Promise<T>) => Promise<T>;
  /** Also makes an answer that is on its way count as old. */
  readonly forget: (key: string) => void;
}

interface Entry<T> {
  /** When it was asked, not answered: the age is counted from the earlier of the two. */
  readonly askedAt: number;
  readonly value: Promise<T>;
}

/** Entries at most; the oldest go first. */
const MOST = 5_000;

export function createFreshCache<T>(options: {
  readonly maxAgeMs: number;
  readonly now: () => number;
}): FreshCache<T> {
  const entries = new Map<string, Entry<T>>();
  return {
    get: (key, ask) => {
      const known = entries.get(key);
      if (known !== undefined && options.now() - known.askedAt < options.maxAgeMs) return known.value;
      const entry = { askedAt: options.now(), value: ask() };
      entries.delete(key);
      entries.set(key, entry);
      entry.value.catch(() => {
        if (entries.get(key) === entry) entries.delete(key);
      });
      for (const oldest of entries.keys()) {
        if (entries.size <= MOST) break;
        entries.delete(oldest);
      }
      return entry.value;
    },
    forget: (key) => entries.delete(key),
  };
}
