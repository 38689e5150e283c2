import type { Queryable } from '../db/database.ts';
import type { Deps } from '../deps.ts';
import type { Execution } from '../executions/model.ts';
import type { Incident } from '../incidents/model.ts';
import { wantSurface } from '../surfaces/want-surface.ts';

/** The page of the surface `approval` that tells the requester of a no: a new post, since an edit notifies nobody. */
export const ANSWER_PAGE = 3;

/** Whoever asked is called when it was denied or expired: they have to do something else now, or ask again. */
export async function tellRequester(
  tx: Queryable,
  deps: Pick<Deps, 'enqueue'>,
  { execution, incident }: { readonly execution: Execution; readonly incident: Incident },
): Promise<void> {
  if (incident.channelId === null) return;
  await wantSurface(tx, deps.enqueue, {
    kind: 'approval',
    subject: execution.id,
    page: ANSWER_PAGE,
    incidentId: incident.id,
    channelId: incident.channelId,
    urgency: 1,
  });
}
