import type { Deps } from '../deps.ts';
import { refreshSurfaces } from '../surfaces/want-surface.ts';
import type { Execution, Progress } from './model.ts';

/** Milliseconds between two stored states: more often helps nobody and costs Slack calls. */
const EVERY = 2_000;

export interface ProgressSaver {
  readonly onProgress: (progress: Progress) => void;
  readonly last: () => Progress | null;
  /** Waits for what is being stored; stores nothing more. */
  readonly stop: () => Promise<void>;
}

/** Stores how far an execution is, at most every two seconds and only what changed, and has its card drawn again. */
export function saveProgress(
  deps: Pick<Deps, 'db' | 'enqueue' | 'log'>,
  execution: Execution,
): ProgressSaver {
  let latest: Progress | null = null;
  let stored = '';
  let timer: NodeJS.Timeout | undefined;
  let saving: Promise<void> = Promise.resolve();
  const flush = (): void => {
    timer = undefined;
    const text = JSON.stringify(latest);
    if (latest === null || text === stored) return;
    stored = text;
    saving = store(deps, execution.id, latest);
    timer = setTimeout(flush, EVERY);
  };
  return {
    onProgress: (progress) => {
      latest = progress;
      if (timer === undefined) flush();
    },
    last: () => latest,
    stop: async () => {
      clearTimeout(timer);
      await saving;
    },
  };
}

/** Losing one is no harm: the next one tells more. */
async function store(
  deps: Pick<Deps, 'db' | 'enqueue' | 'log'>,
  id: string,
  progress: Progress,
): Promise<void> {
  try {
    await deps.db.transaction(async (tx) => {
      await tx.query(`update executions set progress = $2 where id = $1 and state = 'verifying'`, [
        id,
        JSON.stringify(progress),
      ]);
      await refreshSurfaces(tx, deps.enqueue, 'execution', id);
    });
  } catch (error) {
    deps.log.warn({ err: error, execution: id }, 'progress could not be stored');
  }
}
