import { acknowledge } from '../../incidents/acknowledge.ts';
import { changeStatus, isOpenStatus } from '../../incidents/change-status.ts';
import { declareIncident } from '../../incidents/declare.ts';
import type { Incident } from '../../incidents/model.ts';
import { setIncidentService } from '../../incidents/set-service.ts';
import { CodedError } from '../../errors.ts';
import { defineListener } from '../define-listener.ts';
import type { ActionContext } from '../define-listener.ts';
import { declareModal, DECLARE_CALLBACK, parseDeclare } from '../views/declare-modal.ts';
import { acknowledgeAnswer, declaredAnswer } from '../views/incident-answers.ts';
import { INCIDENT_ACTIONS } from '../views/incident-card.ts';

export default defineListener({
  name: 'incident',
  actions: {
    [INCIDENT_ACTIONS.acknowledge]: async (context) => {
      const incidentId = incidentOf(context).id;
      const outcome = await acknowledge(context.deps, { incidentId, person: context.person });
      return { ephemeral: acknowledgeAnswer(outcome) };
    },
    [INCIDENT_ACTIONS.status]: async (context) => {
      const status = context.action.value;
      if (!isOpenStatus(status)) throw new CodedError('bad_input', 'There is no such status.');
      const incidentId = incidentOf(context).id;
      const { changed } = await changeStatus(context.deps, { incidentId, status, person: context.person });
      return changed ? {} : { ephemeral: `The status is ${status} already.` };
    },
    [INCIDENT_ACTIONS.service]: async (context) => {
      const input = {
        incidentId: incidentOf(context).id,
        service: context.action.value,
        person: context.person,
      };
      const { changed } = await setIncidentService(context.deps, input);
      return changed ? {} : { ephemeral: 'The service was set to that already.' };
    },
  },
  views: {
    [DECLARE_CALLBACK]: async (context) => {
      const declared = parseDeclare(context.values);
      if ('errors' in declared) return declared;
      const incident = await declareIncident(context.deps, {
        ...declared,
        id: context.id,
        person: context.person,
      });
      return { ephemeral: declaredAnswer(incident) };
    },
  },
  shortcuts: {
    [DECLARE_CALLBACK]: async (context) => {
      const services = [...context.deps.config.services.values()];
      await context.openModal(declareModal({ id: context.deps.newId(), title: '', services }));
      return {};
    },
  },
});

function incidentOf(context: ActionContext): Incident {
  if (context.incident === null) throw new CodedError('not_found', 'This message belongs to no incident.');
  return context.incident;
}
