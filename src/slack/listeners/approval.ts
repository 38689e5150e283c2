import { breakGlass, reviewBreakGlass } from '../../approvals/break-glass.ts';
import { decideApproval } from '../../approvals/decide-approval.ts';
import { CodedError } from '../../errors.ts';
import { getExecution } from '../../executions/store.ts';
import { defineListener } from '../define-listener.ts';
import type { ActionContext } from '../define-listener.ts';
import { input } from '../modal-values.ts';
import { APPROVAL_ACTIONS, parseButtonValue } from '../views/approval-card.ts';
import {
  BREAK_GLASS_LINE,
  BREAK_GLASS_REASON,
  BREAK_GLASS_VIEW,
  breakGlassModal,
} from '../views/break-glass-modal.ts';
import { DENY_REASON, DENY_VIEW, denyModal } from '../views/deny-modal.ts';

export default defineListener({
  name: 'approval',
  actions: {
    [APPROVAL_ACTIONS.approve]: async (context) => {
      const { executionId, planHash } = requestOf(context);
      const { person, deps } = context;
      const vote = { executionId, planHash, person, verdict: 'approve', reason: null } as const;
      return { ephemeral: await decideApproval(deps, vote) };
    },
    [APPROVAL_ACTIONS.deny]: async (context) => {
      await context.openModal(denyModal(context.action.value, await titleOf(context)));
      return {};
    },
    [APPROVAL_ACTIONS.breakGlass]: async (context) => {
      await context.openModal(breakGlassModal(context.action.value, await titleOf(context)));
      return {};
    },
    [APPROVAL_ACTIONS.review]: async (context) => {
      const { executionId } = requestOf(context);
      return { ephemeral: await reviewBreakGlass(context.deps, { executionId, person: context.person }) };
    },
  },
  views: {
    [DENY_VIEW]: async ({ deps, person, id, values }) => {
      const { executionId, planHash } = parseButtonValue(id);
      const reason = input(values, DENY_REASON);
      if (reason === null) return { errors: { [DENY_REASON]: 'Say why.' } };
      return {
        ephemeral: await decideApproval(deps, { executionId, planHash, person, verdict: 'deny', reason }),
      };
    },
    [BREAK_GLASS_VIEW]: async ({ deps, person, id, values }) => {
      const { executionId } = parseButtonValue(id);
      const reasonCode = input(values, BREAK_GLASS_REASON) ?? '';
      const line = input(values, BREAK_GLASS_LINE) ?? '';
      return { ephemeral: await breakGlass(deps, { executionId, person, reasonCode, line }) };
    },
  },
});

/** A button counts only for the request whose card holds it, whatever its value says. */
function requestOf(context: ActionContext): { readonly executionId: string; readonly planHash: string } {
  const request = parseButtonValue(context.action.value);
  if (context.surface.kind !== 'approval' || context.surface.subject !== request.executionId) {
    throw new CodedError('not_allowed', 'This button belongs to another request.');
  }
  return request;
}

async function titleOf(context: ActionContext): Promise<string> {
  const { executionId } = requestOf(context);
  const execution = await getExecution(context.deps.db, executionId);
  return execution?.plan?.title ?? 'This action';
}
