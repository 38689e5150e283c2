import type { Deps } from '../deps.ts';
import { transition } from '../executions/transition.ts';
import { refreshSurfaces } from '../surfaces/want-surface.ts';
import { loadRequest } from './load-request.ts';
import { readNow } from '../db/read-now.ts';
import { tellRequester } from './tell-requester.ts';

/** Job `expire-approval`: nobody decided in time, by the database's clock. The card then offers to ask again. */
export async function expireApproval(
  deps: Pick<Deps, 'db' | 'enqueue' | 'config'>,
  { executionId }: { readonly executionId: string },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const loaded = await loadRequest(deps, tx, executionId);
    const { execution, request } = loaded;
    const now = await readNow(tx);
    if (execution.state !== 'awaiting-approval' || now.getTime() < request.expiresAt.getTime()) return;
    await refreshSurfaces(tx, deps.enqueue, 'approval', executionId);
    await refreshSurfaces(tx, deps.enqueue, 'execution', executionId);
    await tellRequester(tx, deps, loaded);
    await transition(tx, executionId, 'awaiting-approval', 'expired', {
      actor: { kind: 'tocsin', part: 'approvals' },
      set: { outcome: 'Nobody decided in time.' },
    });
  });
}
