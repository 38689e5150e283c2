import type { Deps } from '../deps.ts';
import { lockExecution } from '../executions/store.ts';
import { appendLog } from '../log/append-log.ts';
import { wantSurface } from '../surfaces/want-surface.ts';
import { loadRequest } from './load-request.ts';
import { deputiesAsked, inviteThem } from './post-approval.ts';

type EscalateDeps = Pick<Deps, 'db' | 'enqueue' | 'config' | 'directory' | 'chat' | 'log'>;

/** The page of the surface `approval` that asks the deputies: a new post, since an edit notifies nobody. */
export const DEPUTIES_PAGE = 1;

/** Job `escalate-approval`: nobody has decided in three minutes, so the deputies are asked too. */
export async function escalateApproval(
  deps: EscalateDeps,
  { executionId }: { readonly executionId: string },
): Promise<void> {
  const { execution, incident } = await loadRequest(deps, deps.db, executionId);
  const { channelId } = incident;
  if (execution.state !== 'awaiting-approval' || channelId === null) return;
  // The severity may have been lowered since the timer was set.
  if (incident.severity !== 'P0' && incident.severity !== 'P1') return;
  const deputies = await deputiesAsked(deps, execution);
  if (deputies.length === 0) return;
  await inviteThem(deps, channelId, deputies);
  await deps.db.transaction(async (tx) => {
    // Locked, so that two replicas ask once, and nobody is asked about what was decided meanwhile.
    const current = await lockExecution(tx, executionId);
    if (current?.state !== 'awaiting-approval') return;
    const surface = { kind: 'approval', subject: executionId, page: DEPUTIES_PAGE } as const;
    const posted = await tx.query('select from surfaces where kind = $1 and subject = $2 and page = $3', [
      surface.kind,
      surface.subject,
      surface.page,
    ]);
    if (posted.rowCount > 0) return;
    await wantSurface(tx, deps.enqueue, { ...surface, incidentId: incident.id, channelId, urgency: 1 });
    await appendLog(tx, {
      incidentId: incident.id,
      kind: 'approval.escalated',
      actor: { kind: 'tocsin', part: 'approvals' },
      data: { execution: executionId, asked: deputies.map((user) => user.userId) },
    });
  });
}
