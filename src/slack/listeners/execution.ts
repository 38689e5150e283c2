import { readChecklist } from '../../checklists/read-checklist.ts';
import { CodedError } from '../../errors.ts';
import { boundAction } from '../../executions/bound-action.ts';
import { cancelExecution } from '../../executions/cancel-execution.ts';
import { changeDraft, requireExecution } from '../../executions/draft-action.ts';
import type { DraftInput } from '../../executions/draft-action.ts';
import { markByHand } from '../../executions/mark-by-hand.ts';
import type { Execution } from '../../executions/model.ts';
import { requestAction } from '../../executions/request-action.ts';
import { getIncident } from '../../incidents/store.ts';
import { defineListener } from '../define-listener.ts';
import type { ActionContext, ModalActionContext, ViewAnswer, ViewContext } from '../define-listener.ts';
import { input } from '../modal-values.ts';
import { fillActionRequest, fillModal, openActionRequest, verbOf } from '../open-action-request.ts';
import { escapeText } from '../text.ts';
import { BY_HAND_NOTE, BY_HAND_VIEW, byHandModal } from '../views/by-hand-modal.ts';
import { EXECUTION_ACTIONS, parseRequestValue } from '../views/execution-card.ts';
import { paramBlock, readParams, typedParams } from '../views/param-inputs.ts';
import { executionTitle } from '../views/execution-words.ts';
import {
  CHOOSE_ACTION,
  CHOOSE_SERVICE,
  chooseActionModal,
  draftModal,
  PARAMS_VIEW,
  REQUEST_REASON,
  REQUEST_VIEW,
} from '../views/request-action-modal.ts';

/** Milliseconds for looking at the target while Slack waits for what a submitted modal becomes. */
const ANSWER_READ_TIMEOUT = 1_500;

export default defineListener({
  name: 'execution',
  actions: {
    [EXECUTION_ACTIONS.request]: async (context) => {
      const { actionId, stepKey } = parseRequestValue(context.action.value);
      const { incident } = context;
      if (incident === null) throw new CodedError('conflict', 'This message belongs to no incident.');
      const asked = stepKey === null ? {} : await readStep(context, { actionId, stepKey });
      await openActionRequest(context, { incident, actionId, ...asked });
      return {};
    },
    [EXECUTION_ACTIONS.choose]: async (context) => {
      const { incident, deps } = context;
      if (incident === null) throw new CodedError('conflict', 'This message belongs to no incident.');
      const [only, ...others] = [...deps.actions.values()];
      if (only !== undefined && others.length === 0) {
        await openActionRequest(context, { incident, actionId: only.id });
      } else {
        await context.openModal(chooseActionModal(incident.id, [...deps.actions.values()]));
      }
      return {};
    },
    [EXECUTION_ACTIONS.copy]: async (context) => {
      const execution = await executionOf(context);
      return { ephemeral: codeBlock(commandOf(context, execution)) };
    },
    [EXECUTION_ACTIONS.byHand]: async (context) => {
      const execution = await executionOf(context);
      await context.openModal(byHandModal(execution.id, titleOf(context, execution)));
      return {};
    },
    [EXECUTION_ACTIONS.cancel]: async (context) => {
      const execution = await executionOf(context);
      await cancelExecution(context.deps, { executionId: execution.id, person: context.person });
      return { ephemeral: 'Taken back. Nobody has to decide it any more.' };
    },
    [EXECUTION_ACTIONS.askAgain]: async (context) => {
      const { incident } = context;
      const { action, params, service } = await executionOf(context);
      if (incident === null || service === null) {
        throw new CodedError('conflict', 'This message belongs to no incident.');
      }
      await openActionRequest(context, { incident, actionId: action, service, params });
      return {};
    },
  },
  modalActions: {
    [CHOOSE_ACTION]: async (context) => {
      const incident = await getIncident(context.deps.db, context.id);
      if (incident === undefined) throw new CodedError('not_found', 'There is no such incident.');
      await fillActionRequest(context, context.modal, { incident, actionId: context.action.value });
      return {};
    },
    [CHOOSE_SERVICE]: async (context) => {
      const execution = await requireExecution(context.deps, context.id);
      const { person } = context;
      const pick = { executionId: context.id, service: context.action.value, person };
      fillModal(context, context.modal, {
        id: context.id,
        verb: verbOf(context, execution.action),
        look: (deps) => changeDraft(deps, pick),
      });
      return {};
    },
    [EXECUTION_ACTIONS.byHand]: async (context) => {
      const execution = await requireExecution(context.deps, context.id);
      await context.modal.update(byHandModal(execution.id, titleOf(context, execution)));
      return {};
    },
  },
  views: {
    [REQUEST_VIEW]: async (context): Promise<ViewAnswer> => {
      const reason = input(context.values, REQUEST_REASON);
      if (reason === null) return { errors: { [REQUEST_REASON]: 'Say why, in one line.' } };
      const { deps, person, id } = context;
      const answer = await requestAction(deps, { executionId: id, person, reason });
      if (answer.kind === 'asked') return {};
      const services = [...deps.config.services.values()];
      return { update: draftModal(answer.draft, verbOf(context, answer.draft.execution.action), services) };
    },
    [PARAMS_VIEW]: async (context): Promise<ViewAnswer> => {
      const { deps, person, id } = context;
      const { action } = await requireExecution(deps, id);
      const params = readParams(deps.actions.get(action)?.paramsSchema ?? {}, context.values);
      const limit = { timeoutMs: ANSWER_READ_TIMEOUT };
      const answer = await changeDraft(deps, { executionId: id, person, params }, limit);
      if (answer.kind === 'needs-params') {
        return { errors: { [paramBlock(answer.parameter)]: answer.reason } };
      }
      return { update: draftModal(answer, verbOf(context, action), [...deps.config.services.values()]) };
    },
    [BY_HAND_VIEW]: async ({ deps, person, id, values }): Promise<ViewAnswer> => {
      const note = input(values, BY_HAND_NOTE);
      if (note === null) return { errors: { [BY_HAND_NOTE]: 'Say what you did.' } };
      await markByHand(deps, { executionId: id, person, note });
      return { clear: true };
    },
  },
});

/**
 * What the playbook's step says about its action: the stored text of the checklist is the truth, the button only names
 * the step.
 */
async function readStep(
  { deps, surface }: ActionContext,
  asked: { readonly actionId: string; readonly stepKey: string },
): Promise<Omit<DraftInput, 'person' | 'incident' | 'actionId'>> {
  const picture =
    surface.kind === 'checklist' ? await readChecklist(deps, deps.db, surface.subject) : undefined;
  const steps = picture?.playbook.phases.flatMap((phase) => phase.steps) ?? [];
  const call = steps.find((step) => step.id === asked.stepKey)?.action ?? null;
  if (picture === undefined || call === null || call.id !== asked.actionId) {
    throw new CodedError('not_allowed', 'This step has no such action.');
  }
  const { service, ...params } = call.params;
  const paramsSchema = deps.actions.get(call.id)?.paramsSchema ?? {};
  return {
    ...(service === undefined ? {} : { service }),
    params: typedParams(paramsSchema, (name) => params[name]),
    step: {
      key: `${picture.checklist.id}/${asked.stepKey}`,
      playbookVersion: picture.checklist.playbookHash,
    },
  };
}

/** The execution whose card holds the button: the message is ours, so it says which, and not the button's value. */
async function executionOf(context: ActionContext): Promise<Execution> {
  if (context.surface.kind !== 'execution' && context.surface.kind !== 'approval') {
    throw new CodedError('not_allowed', 'This button belongs to another message.');
  }
  return requireExecution(context.deps, context.surface.subject);
}

/** Backticks would end the block. */
function codeBlock(text: string): string {
  return `\`\`\`${escapeText(text).replaceAll('`', 'ˋ')}\`\`\``;
}

/** From the plan, which knows the cluster by name; without one, from the configuration. */
function commandOf({ deps }: ActionContext, execution: Execution): string {
  return execution.plan?.command ?? boundAction(deps, execution).manualCommand;
}

function titleOf(context: ActionContext | ModalActionContext | ViewContext, execution: Execution): string {
  return executionTitle(execution, verbOf(context, execution.action));
}
