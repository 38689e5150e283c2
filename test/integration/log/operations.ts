import { breakGlass, reviewBreakGlass } from '../../../src/approvals/break-glass.ts';
import { decideApproval } from '../../../src/approvals/decide-approval.ts';
import type { Verdict } from '../../../src/approvals/model.ts';
import { groupBlockId, renderGroup } from '../../../src/checklists/rendered-group.ts';
import { readPlaybook } from '../../../src/checklists/read-playbook.ts';
import { skipStep } from '../../../src/checklists/skip-step.ts';
import { listChecklists } from '../../../src/checklists/store.ts';
import { tickSteps } from '../../../src/checklists/tick-steps.ts';
import { cancelExecution } from '../../../src/executions/cancel-execution.ts';
import { draftAction, observeDraft } from '../../../src/executions/draft-action.ts';
import { markByHand } from '../../../src/executions/mark-by-hand.ts';
import type { Execution } from '../../../src/executions/model.ts';
import { requestAction } from '../../../src/executions/request-action.ts';
import { listExecutions } from '../../../src/executions/store.ts';
import { acknowledge } from '../../../src/incidents/acknowledge.ts';
import { changeStatus, OPEN_STATUSES } from '../../../src/incidents/change-status.ts';
import { declareIncident } from '../../../src/incidents/declare.ts';
import { SEVERITIES } from '../../../src/incidents/model.ts';
import { setIncidentService } from '../../../src/incidents/set-service.ts';
import { getIncident } from '../../../src/incidents/store.ts';
import { resolveIncident } from '../../../src/resolution/resolve-incident.ts';
import type { HandlerContext } from '../../../src/slack/define-listener.ts';
import { SERVICES } from './operation-world.ts';

/** Picks from a list, the same every time for the same seed. */
export type Pick = <T>(from: readonly T[]) => T;

export interface Aim {
  readonly pick: Pick;
  readonly incidentId: string;
  /** A number of the operation: makes ids, and orders clicks. */
  readonly turn: number;
}

/** What a person did. Resolves with 'refused' where a refusal is an answer and no error. */
export type Operation = (context: HandlerContext, aim: Aim) => Promise<'refused' | undefined>;

/** Each named as often as it is to be likely. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  declare,
  acknowledge: async ({ deps, person }, { incidentId }) => {
    await acknowledge(deps, { incidentId, person });
    return undefined;
  },
  status: async ({ deps, person }, { incidentId, pick }) => {
    await changeStatus(deps, { incidentId, person, status: pick(OPEN_STATUSES) });
    return undefined;
  },
  service: async ({ deps, person }, { incidentId, pick }) => {
    await setIncidentService(deps, { incidentId, person, service: pick([...SERVICES, 'unknown']) });
    return undefined;
  },
  tick,
  skip,
  request,
  approve: vote('approve'),
  deny: vote('deny'),
  breakGlass: onExecution(async ({ deps, person }, { id }) => {
    await breakGlass(deps, { executionId: id, person, reasonCode: 'no-approver', line: 'nobody answers' });
  }),
  review: onExecution(async ({ deps, person }, { id }) => {
    await reviewBreakGlass(deps, { executionId: id, person });
  }),
  cancel: onExecution(async ({ deps, person }, { id }) => {
    await cancelExecution(deps, { executionId: id, person });
  }),
  byHand: onExecution(async ({ deps, person }, { id }) => {
    await markByHand(deps, { executionId: id, person, note: 'from my laptop' });
  }),
  resolve: async ({ deps, person }, { incidentId, pick }) => {
    const words = { impact: 'Slow pages', usersAffected: null, rootCause: null, followUps: [] };
    const overrideReason = pick([null, 'it is over']);
    await resolveIncident(deps, { incidentId, person, words, overrideReason });
    return undefined;
  },
};

async function declare({ deps, person }: HandlerContext, { pick, turn }: Aim): Promise<undefined> {
  await declareIncident(deps, {
    id: `incident-${turn}`,
    title: pick(['Pages are slow', 'Nothing works', '']),
    severity: pick(SEVERITIES),
    service: pick([null, ...SERVICES]),
    isPrivate: pick([true, false]),
    person,
  });
}

async function tick({ deps, person }: HandlerContext, { incidentId, pick, turn }: Aim): Promise<undefined> {
  const [checklist] = (await listChecklists(deps.db, incidentId)).filter((one) => one.foldedAt === null);
  if (checklist === undefined) return;
  const { phases } = await readPlaybook(deps.db, checklist);
  const phase = pick([...phases.keys()]);
  const group = pick([...(phases[phase]?.steps.keys() ?? [])]);
  const item = checklist.items.get(phases[phase]?.steps[group]?.id ?? '');
  if (item === undefined) return;
  // Sometimes on an older rendering than the newest.
  const version = pick([checklist.version, checklist.version, Math.max(0, checklist.version - 2)]);
  const address = { checklistId: checklist.id, phase, group };
  await tickSteps(deps, {
    checklistId: pick([checklist.id, checklist.id, checklist.id, 'another']),
    person,
    blockId: groupBlockId(address, [item.stepId], renderGroup([item], version)),
    selected: pick([[], [item.stepId]]),
    order: turn,
  });
}

async function skip({ deps, person }: HandlerContext, { incidentId, pick }: Aim): Promise<undefined> {
  const [checklist] = (await listChecklists(deps.db, incidentId)).filter((one) => one.foldedAt === null);
  if (checklist === undefined) return;
  const stepId = pick([...checklist.items.keys()]);
  const reason = pick(['not-needed', 'too-risky', null] as const);
  await skipStep(deps, {
    checklistId: checklist.id,
    stepId,
    reason,
    seenVersion: checklist.version,
    person,
  });
}

async function request(
  { deps, person }: HandlerContext,
  { incidentId, pick }: Aim,
): Promise<'refused' | undefined> {
  const incident = await getIncident(deps.db, incidentId);
  if (incident === undefined) return undefined;
  const service = pick(SERVICES);
  const { id } = await draftAction(deps, { incident, actionId: 'restart', person, service });
  await observeDraft(deps, id);
  const answer = await requestAction(deps, { executionId: id, person, reason: 'it leaks' });
  return answer.kind === 'look-again' && answer.draft.kind === 'locked' ? 'refused' : undefined;
}

function vote(verdict: Verdict): Operation {
  return async (context, aim) => {
    const reason = verdict === 'deny' ? 'not now' : null;
    return onExecution(async ({ deps, person }, { id, planHash }) => {
      const seen = aim.pick([planHash, planHash, planHash, 'f'.repeat(64)]) ?? '';
      await decideApproval(deps, { executionId: id, planHash: seen, person, verdict, reason });
    })(context, aim);
  };
}

/** On one of the newest requests of the incident. */
function onExecution(work: (context: HandlerContext, execution: Execution) => Promise<void>): Operation {
  return async (context, { incidentId, pick }) => {
    const newest = (await listExecutions(context.deps.db, incidentId)).slice(-3);
    if (newest.length > 0) await work(context, pick([...newest, ...newest.slice(-1)]));
    return undefined;
  };
}
