import { readChecklist } from '../../checklists/read-checklist.ts';
import { skipStep } from '../../checklists/skip-step.ts';
import { isSkipReason } from '../../checklists/skips.ts';
import { readRendered, tickSteps } from '../../checklists/tick-steps.ts';
import { CodedError } from '../../errors.ts';
import { defineListener } from '../define-listener.ts';
import type { ActionContext } from '../define-listener.ts';
import { CHECKLIST_ACTIONS, parseSkipValue, parseUnskipValue } from '../views/checklist.ts';
import { conflictText, phaseText } from '../views/checklist-words.ts';

export default defineListener({
  name: 'checklist',
  actions: {
    [CHECKLIST_ACTIONS.tick]: async (context) => {
      const { deps, person, action } = context;
      const { conflicts } = await tickSteps(deps, {
        checklistId: checklistOf(context),
        person,
        blockId: action.blockId,
        selected: action.selected,
        order: action.order,
      });
      return conflicts.length === 0 ? {} : { ephemeral: conflicts.map(conflictText).join('\n') };
    },
    [CHECKLIST_ACTIONS.skip]: async (context) => {
      const { deps, person, action } = context;
      const checklistId = checklistOf(context);
      const { reason, stepId } = parseSkipValue(action.value);
      if (!isSkipReason(reason)) throw new CodedError('bad_input', 'Pick one of the reasons to skip a step.');
      const picture = await readChecklist(deps, deps.db, checklistId);
      if (picture === undefined) throw new CodedError('not_found', 'There is no such checklist.');
      const seen = readRendered(picture.playbook, { checklistId, blockId: action.blockId });
      await skipStep(deps, { checklistId, stepId, reason, seenVersion: seen.version, person });
      return {};
    },
    [CHECKLIST_ACTIONS.unskip]: async (context) => {
      const { deps, person, action } = context;
      const { seenVersion, stepId } = parseUnskipValue(action.value);
      await skipStep(deps, { checklistId: checklistOf(context), stepId, reason: null, seenVersion, person });
      return {};
    },
    [CHECKLIST_ACTIONS.showPhase]: async (context) => {
      const { deps, action } = context;
      const picture = await readChecklist(deps, deps.db, checklistOf(context));
      if (picture === undefined) throw new CodedError('not_found', 'There is no such checklist.');
      return { ephemeral: phaseText(picture.playbook, picture.checklist, Number(action.value)) };
    },
  },
});

/** The message is ours, so it says which checklist it is, and not what the click claims. */
function checklistOf({ surface }: ActionContext): string {
  if (surface.kind !== 'checklist') {
    throw new CodedError('not_allowed', 'These boxes belong to another message; nothing was changed.');
  }
  return surface.subject;
}
