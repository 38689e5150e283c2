import type { JobContext } from '../queue/run-job.ts';
import { applyExecution } from './apply-execution.ts';
import { boundAction } from './bound-action.ts';
import { withLease } from './execution-lease.ts';
import type { Execution } from './model.ts';
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
    const run: Run = { deps, action: boundAction(deps, execution), signal };
    // Read again under the lease: another replica may have gone on meanwhile.
    let current = await getExecution(deps.db, executionId);
    if (current?.state === 'approved') current = await startExecution(run, current);
    else if (current?.state === 'running') current = await applyExecution(run, current, { isTakeOver: true });
    if (current?.state === 'running') current = await applyExecution(run, current, { isTakeOver: false });
    if (current?.state === 'verifying') await verifyExecution(run, current);
  });
}

function isRunnable({ state }: Execution): boolean {
  return state === 'approved' || state === 'running' || state === 'verifying';
}
