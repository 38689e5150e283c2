import { toCodedError } from '../errors.ts';
import type { CodedError } from '../errors.ts';
import type { JobContext } from '../queue/run-job.ts';
import { applyExecution } from './apply-execution.ts';
import { boundAction } from './bound-action.ts';
import { withLease } from './execution-lease.ts';
import type { Execution } from './model.ts';
import { move } from './move.ts';
import { EXECUTOR } from './run.ts';
import type { ExecuteDeps, Run } from './run.ts';
import { startExecution } from './start-execution.ts';
import { getExecution } from './store.ts';
import { verifyExecution } from './verify-execution.ts';

/**
 * Job `execute-action`: takes an approved execution to its end, from whatever state a former try left it in. Each step
 * commits before the next begins, so a kill at any point neither loses it nor does it twice.
 */
export async function executeAction(
  deps: ExecuteDeps,
  { executionId }: { readonly executionId: string },
  context: Pick<JobContext, 'signal'>,
): Promise<void> {
  const execution = await getExecution(deps.db, executionId);
  if (execution === undefined || !isRunnable(execution)) return;
  await withLease(deps, executionId, context.signal, async (signal) => {
    try {
      await goOn(deps, executionId, signal);
    } catch (thrown) {
      const error = toCodedError(thrown);
      if (error.retryable) throw error;
      await endForGood(deps, executionId, error);
    }
  });
}

async function goOn(deps: ExecuteDeps, executionId: string, signal: AbortSignal): Promise<void> {
  // Read again under the lease: another replica may have gone on meanwhile.
  let current = await getExecution(deps.db, executionId);
  if (current === undefined || !isRunnable(current)) return;
  const run: Run = { deps, action: boundAction(deps, current), signal };
  if (current.state === 'approved') {
    current = await startExecution(run, current);
    if (current?.state === 'running') current = await applyExecution(run, current, { isTakeOver: false });
  } else if (current.state === 'running') {
    current = await applyExecution(run, current, { isTakeOver: true });
  }
  if (current?.state === 'verifying') await verifyExecution(run, current);
}

/** What no further try can heal ends, so that the target is not locked for ever; people are told what is known. */
async function endForGood(deps: ExecuteDeps, executionId: string, error: CodedError): Promise<void> {
  deps.log.error({ err: error, execution: executionId }, 'an execution cannot go on');
  const current = await getExecution(deps.db, executionId);
  const texts = { outcome: error.userMessage };
  if (current?.state === 'approved') {
    const set = { outcome: `Nothing was done. ${error.userMessage}` };
    await move(deps, executionId, ['approved', 'failed'], { actor: EXECUTOR, set, texts });
  } else if (current?.state === 'running' || current?.state === 'verifying') {
    const set = { outcome: `It may have been done. ${error.userMessage} A person has to look.` };
    await move(deps, executionId, [['running', 'verifying'], 'unknown'], { actor: EXECUTOR, set, texts });
  }
}

function isRunnable({ state }: Execution): boolean {
  return state === 'approved' || state === 'running' || state === 'verifying';
}
