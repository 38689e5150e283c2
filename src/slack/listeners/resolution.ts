import { CodedError } from '../../errors.ts';
import { getIncident } from '../../incidents/store.ts';
import { readBlockers, resolveIncident } from '../../resolution/resolve-incident.ts';
import { defineListener } from '../define-listener.ts';
import type { ViewAnswer } from '../define-listener.ts';
import { openResolve } from '../open-resolve.ts';
import { INCIDENT_ACTIONS } from '../views/incident-card.ts';
import { parseResolve, RESOLVE_CALLBACK, resolveModal } from '../views/resolve-modal.ts';

export default defineListener({
  name: 'resolution',
  actions: {
    [INCIDENT_ACTIONS.resolve]: async (context) => {
      const { incident } = context;
      if (incident === null) throw new CodedError('not_found', 'This message belongs to no incident.');
      const over = await openResolve(context, incident);
      return over === undefined ? {} : { ephemeral: over };
    },
  },
  views: {
    [RESOLVE_CALLBACK]: async ({ deps, person, id, values }): Promise<ViewAnswer> => {
      const form = parseResolve(values, person.teamId);
      if ('errors' in form) return form;
      const incident = await getIncident(deps.db, id);
      if (incident === undefined) throw new CodedError('not_found', 'There is no such incident.');
      // Something may have begun since the form was opened: the form comes back with it, and with what was typed.
      const blockers = form.overrideReason === null ? await readBlockers(deps.db, id) : [];
      if (blockers.length > 0) return { update: resolveModal({ incident, blockers, typed: form }) };
      return { ephemeral: await resolveIncident(deps, { incidentId: id, person, ...form }) };
    },
  },
});
