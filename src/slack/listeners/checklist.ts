import { readChecklist } from '../../checklists/read-checklist.ts';
import type { ChecklistPicture } from '../../checklists/read-checklist.ts';
import { skipStep } from '../../checklists/skip-step.ts';
import { isSkipReason } from '../../checklists/skips.ts';
import { readRendered, tickSteps } from '../../checklists/tick-steps.ts';
import type { Deps } from '../../deps.ts';
import { CodedError } from '../../errors.ts';
import { defineListener } from '../define-listener.ts';
import type {
  ActionContext,
  ActionHandler,
  Answer,
  HandlerContext,
  ActionInput,
  ModalActionContext,
  ModalActionHandler,
} from '../define-listener.ts';
import { fillActionRequest } from '../open-action-request.ts';
import { CHECKLIST_ACTIONS, parseSkipValue, parseUnskipValue } from '../views/checklist-steps.ts';
import { conflictText } from '../views/checklist-words.ts';
import { parseRequestValue } from '../views/execution-card.ts';
import { parsePhaseId, phaseModal } from '../views/phase-modal.ts';

type Step = (context: StepContext, checklistId: string) => Promise<Answer>;
type StepContext = HandlerContext & { readonly action: ActionInput };

const tick: Step = async ({ deps, person, action }, checklistId) => {
  const { blockId, selected, order } = action;
  const { conflicts } = await tickSteps(deps, { checklistId, person, blockId, selected, order });
  return conflicts.length === 0 ? {} : { ephemeral: conflicts.map(conflictText).join('\n') };
};

const skip: Step = async ({ deps, person, action }, checklistId) => {
  const { reason, stepId } = parseSkipValue(action.value);
  if (!isSkipReason(reason)) throw new CodedError('bad_input', 'Pick one of the reasons to skip a step.');
  const { playbook } = await requirePicture(deps, checklistId);
  const seen = readRendered(playbook, { checklistId, blockId: action.blockId });
  await skipStep(deps, { checklistId, stepId, reason, seenVersion: seen.version, person });
  return {};
};

const unskip: Step = async ({ deps, person, action }, checklistId) => {
  const { seenVersion, stepId } = parseUnskipValue(action.value);
  await skipStep(deps, { checklistId, stepId, reason: null, seenVersion, person });
  return {};
};

export default defineListener({
  name: 'checklist',
  actions: {
    [CHECKLIST_ACTIONS.tick]: inMessage(tick),
    [CHECKLIST_ACTIONS.skip]: inMessage(skip),
    [CHECKLIST_ACTIONS.unskip]: inMessage(unskip),
    [CHECKLIST_ACTIONS.showPhase]: async (context) => {
      const picture = await requirePicture(context.deps, checklistOf(context));
      const modal = phaseModal(picture, Number(context.action.value));
      if (modal === null) throw new CodedError('not_found', 'There is no such phase in this checklist.');
      await context.openModal(modal);
      return {};
    },
  },
  modalActions: {
    [CHECKLIST_ACTIONS.tick]: inModal(tick),
    [CHECKLIST_ACTIONS.skip]: inModal(skip),
    [CHECKLIST_ACTIONS.unskip]: inModal(unskip),
    [CHECKLIST_ACTIONS.run]: async (context) => {
      const { incident } = await requirePicture(context.deps, parsePhaseId(context.id).checklistId);
      const { actionId } = parseRequestValue(context.action.value);
      await fillActionRequest(context, context.modal, { incident, actionId });
      return {};
    },
  },
});

function inMessage(step: Step): ActionHandler {
  return (context) => step(context, checklistOf(context));
}

/** In the modal of a phase, which is drawn again after it: nobody else does that. */
function inModal(step: Step): ModalActionHandler {
  return async (context) => {
    const { checklistId } = parsePhaseId(context.id);
    const answer = await step(context, checklistId);
    context.afterwards((deps) => drawAgain(deps, context));
    return answer;
  };
}

async function drawAgain(deps: Deps, { id, modal }: ModalActionContext): Promise<void> {
  const { checklistId, phase } = parsePhaseId(id);
  const view = phaseModal(await requirePicture(deps, checklistId), phase);
  if (view !== null) await modal.update(view);
}

async function requirePicture(deps: Deps, checklistId: string): Promise<ChecklistPicture> {
  const picture = await readChecklist(deps, deps.db, checklistId);
  if (picture === undefined) throw new CodedError('not_found', 'There is no such checklist.');
  return picture;
}

/** The message is ours, so it says which checklist it is, and not what the click claims. */
function checklistOf({ surface }: ActionContext): string {
  if (surface.kind !== 'checklist') {
    throw new CodedError('not_allowed', 'These boxes belong to another message; nothing was changed.');
  }
  return surface.subject;
}
