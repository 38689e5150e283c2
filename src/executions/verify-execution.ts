import { toCodedError } from '../errors.ts';
import type { Verification } from './define-action.ts';
import { EXECUTOR } from './run.ts';
import type { Run } from './run.ts';
import type { Execution, Progress } from './model.ts';
import { move } from './move.ts';
import { saveProgress } from './save-progress.ts';
import { stampOf } from './start-execution.ts';

/** Milliseconds after which nobody goes on waiting for the end. Kubernetes itself gives up long before. */
const GIVE_UP_AFTER = 30 * 60_000;

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
  const patience = AbortSignal.timeout(GIVE_UP_AFTER);
  const readers = { cluster: deps.cluster, health: deps.probeHealth };
  const signal = AbortSignal.any([run.signal, patience]);
  try {
    return await action.verify(readers, { stamp: stampOf(execution), signal, onProgress });
  } catch (thrown) {
    const error = toCodedError(thrown);
    // Temporary trouble, and a lease that was lost, are for the next run; this job is tried again.
    if (error.retryable && !patience.aborted) throw error;
    const why = patience.aborted ? 'It has not come to an end for half an hour.' : error.userMessage;
    return { outcome: 'unknown', text: `It was done, but how it ended is not known. ${why}`, facts: null };
  }
}
