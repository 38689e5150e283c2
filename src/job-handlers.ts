import { join } from 'node:path';
import { escalateApproval } from './approvals/escalate-approval.ts';
import { expireApproval } from './approvals/expire-approval.ts';
import { postApproval } from './approvals/post-approval.ts';
import { startChecklist } from './checklists/start-checklist.ts';
import { listSkippedOrOpenSteps } from './checklists/list-skipped-steps.ts';
import { stepOverdue } from './checklists/step-overdue.ts';
import { PLAYBOOKS_FOLDER } from './definitions.ts';
import { executeAction } from './executions/execute-action.ts';
import { acknowledgeOverdue } from './incidents/acknowledge-overdue.ts';
import { announceIncident } from './incidents/announce-incident.ts';
import { decorateChannel } from './incidents/decorate-channel.ts';
import type { JobHandlers } from './queue/run-job.ts';
import { postRca } from './rca/post-rca.ts';
import { refreshSurface } from './slack/refresh-surface.ts';
import type { RefreshSurfaceDeps } from './slack/refresh-surface.ts';

/** Who does which job of the flow. */
export function createJobHandlers(deps: RefreshSurfaceDeps): JobHandlers {
  const rcaDeps = {
    ...deps,
    listSkippedSteps: listSkippedOrOpenSteps,
    templates: join(PLAYBOOKS_FOLDER, 'templates'),
  };
  return {
    'announce-incident': (payload) => announceIncident(deps, payload),
    'decorate-channel': (payload) => decorateChannel(deps, payload),
    'start-checklist': (payload) => startChecklist(deps, payload),
    'step-overdue': (payload) => stepOverdue(deps, payload),
    'refresh-surface': ({ surfaceId }) => refreshSurface(deps, surfaceId),
    'acknowledge-overdue': (payload) => acknowledgeOverdue(deps, payload),
    'post-approval': (payload) => postApproval(deps, payload),
    'escalate-approval': (payload) => escalateApproval(deps, payload),
    'expire-approval': (payload) => expireApproval(deps, payload),
    'execute-action': (payload, context) => executeAction(deps, payload, context),
    'post-rca': (payload) => postRca(rcaDeps, payload),
  };
}
