import { toCodedError } from '../errors.ts';
import type { Verification } from './define-action.ts';
import { EXECUTOR } from './run.ts';
import type { Run } from './run.ts';
import type { Execution, Progress } from './model.ts';
import { move } from './move.ts';
import { saveProgress } from './save-progress.ts';
import { stampOf } from './start-execution.ts';

/** Seconds after its start at which nobody goes on waiting for the end. Kubernetes itself gives up long before. */
const GIVE_UP_AFTER = 30 * 60;

/** From verifying to the end: follows what was started, stores how far it is, and records what came of it. */
export async function verifyExecution(run: Run, execution: Execution): Promise<void> {
  const { deps } = run;
  const progress = saveProgress(deps, execution);
  let verification: Verification;
  try {
    verification = await verify(run, execution, progress.onProgress);
  } finally {
    await progress.stop();
  }
  const { outcome, text, facts } = verification;
  const last = progress.last();
  await move(deps, execution.id, ['verifying', outcome], {
    actor: EXECUTOR,
    set: {
      outcome: text,
      ...(last === null ? {} : { progress: last }),
      ...(facts === null ? {} : { observedAfter: facts }),
    },
    data: { after: facts },
    texts: { outcome: text },
  });
}

async function verify(
  run: Run,
  execution: Execution,
  onProgress: (progress: Progress) => void,
): Promise<Verification> {
  const { deps, action } = run;
  const left = await secondsLeft(run, execution);
  if (left <= 0) return gaveUp(TOO_LONG);
  const patience = AbortSignal.timeout(left * 1_000);
  const readers = { cluster: deps.cluster, health: deps.probeHealth };
  const signal = AbortSignal.any([run.signal, patience]);
  try {
    return await action.verify(readers, { stamp: stampOf(execution), signal, onProgress });
  } catch (thrown) {
    const error = toCodedError(thrown);
    // Temporary trouble, and a lease that was lost, are for the next run; this job is tried again.
    if (error.retryable && !patience.aborted) throw error;
    return gaveUp(patience.aborted ? TOO_LONG : error.userMessage);
  }
}

const TOO_LONG = 'It has not come to an end for half an hour.';

function gaveUp(why: string): Verification {
  return { outcome: 'unknown', text: `It was done, but how it ended is not known. ${why}`, facts: null };
}

/** Counted from the start and by the database's clock: however often replicas take over, the wait has one end. */
async function secondsLeft({ deps }: Run, execution: Execution): Promise<number> {
  const answer = await deps.db.query<{ left: number | null }>(
    `select least($2, ceil($2 - extract(epoch from app.now() - started_at)))::int as left from executions where id = $1`,
    [execution.id, GIVE_UP_AFTER],
  );
  return answer.rows[0]?.left ?? 0;
}
