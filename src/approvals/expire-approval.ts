import { readNow } from '../db/read-now.ts';
import type { Deps } from '../deps.ts';
import { lockExecution } from '../executions/store.ts';
import { transition } from '../executions/transition.ts';
import { getIncident } from '../incidents/store.ts';
import { refreshSurfaces } from '../surfaces/want-surface.ts';
import { tellRequester } from './tell-requester.ts';

/**
 * Job `expire-approval`: nobody decided in time, by the database's clock. The card then offers to ask again. It asks
 * nothing of the configuration: a request whose policy is gone ends like any other and frees its target.
 */
export async function expireApproval(
  deps: Pick<Deps, 'db' | 'enqueue'>,
  { executionId }: { readonly executionId: string },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    // Locked first, like every change of it: who decides at the same instant is waited for, and then nothing expires.
    const execution = await lockExecution(tx, executionId);
    if (execution?.state !== 'awaiting-approval' || execution.expiresAt === null) return;
    const incident = await getIncident(tx, execution.incidentId);
    if ((await readNow(tx)).getTime() < execution.expiresAt.getTime()) return;
    await refreshSurfaces(tx, deps.enqueue, 'approval', executionId);
    await refreshSurfaces(tx, deps.enqueue, 'execution', executionId);
    if (incident !== undefined) await tellRequester(tx, deps, { execution, incident });
    await transition(tx, executionId, 'awaiting-approval', 'expired', {
      actor: { kind: 'tocsin', part: 'approvals' },
      set: { outcome: 'Nobody decided in time.' },
    });
  });
}
