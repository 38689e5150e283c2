import type { Deps } from '../deps.ts';
import { appendLog } from '../log/append-log.ts';

/** Counts senders that did not prove who they are. They are many and unknown, so the log has counts, not a row each. */
export interface RefusalCounter {
  readonly note: (sourceId: string) => void;
  /** Writes what was counted; what cannot be written now is kept for the next time. */
  readonly flush: () => Promise<void>;
}

/** Milliseconds that refusals are gathered before they become rows: at most one row per source and minute. */
const GATHER_MS = 60_000;

export function createRefusalCounter(
  deps: Pick<Deps, 'db' | 'log'>,
  gatherMs: number = GATHER_MS,
): RefusalCounter {
  const counts = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const gathered = [...counts];
    counts.clear();
    for (const [source, count] of gathered) {
      try {
        await write(deps, source, count);
      } catch (error) {
        deps.log.warn({ err: error, source, count }, 'refused senders could not be logged yet');
        counts.set(source, (counts.get(source) ?? 0) + count);
      }
    }
    if (counts.size > 0) schedule();
  };
  const schedule = (): void => {
    timer ??= setTimeout(() => void flush(), gatherMs).unref();
  };
  return {
    note: (sourceId) => {
      counts.set(sourceId, (counts.get(sourceId) ?? 0) + 1);
      schedule();
    },
    flush,
  };
}

async function write(deps: Pick<Deps, 'db'>, source: string, count: number): Promise<void> {
  await deps.db.transaction((tx) =>
    appendLog(tx, {
      incidentId: null,
      kind: 'alert.refused',
      actor: { kind: 'tocsin', part: 'alert-webhook' },
      data: { source, count, reason: 'token missing or wrong' },
    }),
  );
}
