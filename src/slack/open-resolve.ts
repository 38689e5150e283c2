import { incidentName, isOpen } from '../incidents/model.ts';
import type { Incident } from '../incidents/model.ts';
import { readBlockers } from '../resolution/resolve-incident.ts';
import type { HandlerContext } from './define-listener.ts';
import { resolveModal } from './views/resolve-modal.ts';

/** Opens the form that resolves an incident. @returns why not, as a sentence, when it is over already */
export async function openResolve(context: HandlerContext, incident: Incident): Promise<string | undefined> {
  if (!isOpen(incident)) return `${incidentName(incident)} is ${incident.status} already.`;
  const blockers = await readBlockers(context.deps.db, incident.id);
  await context.openModal(resolveModal({ incident, blockers }));
  return undefined;
}
