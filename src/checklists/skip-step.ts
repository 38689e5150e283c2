import { CodedError } from '../errors.ts';
import { actorOf } from '../log/actor-of.ts';
import { appendLog } from '../log/append-log.ts';
import type { Person } from '../people/model.ts';
import { applySkip } from './skips.ts';
import type { SkipReason } from './skips.ts';
import { lockForChange, showAgain } from './tick-steps.ts';
import type { ChangeDeps } from './tick-steps.ts';
import { saveItems } from './store.ts';
import { readNow } from '../db/read-now.ts';

export interface SkipInput {
  readonly checklistId: string;
  readonly stepId: string;
  /** Null puts a skipped step back. */
  readonly reason: SkipReason | null;
  /** The checklist's version that the person saw: a later change of the step wins. */
  readonly seenVersion: number;
  readonly person: Person;
}

/**
 * Skips a step with a picked reason, or puts a skipped one back. A second click finds it done.
 * @throws CodedError with a sentence for the person when the step changed since they saw it
 */
export async function skipStep(deps: ChangeDeps, input: SkipInput): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const picture = await lockForChange(deps, tx, input.checklistId);
    const { checklist, playbook } = picture;
    const item = checklist.items.get(input.stepId);
    const wanted = input.reason === null ? 'open' : 'skipped';
    const isRepeat =
      item?.state === wanted && item.by === input.person.personId && item.skipReason === input.reason;
    if (isRepeat) return;
    const skipped = applySkip(checklist, {
      stepId: input.stepId,
      reason: input.reason,
      person: input.person.personId,
      seenVersion: input.seenVersion,
      at: await readNow(tx),
    });
    if (!skipped.ok) throw new CodedError('conflict', skipped.error.message);
    await saveItems(tx, checklist, skipped.value, input.person);
    await showAgain(deps, tx, picture);
    const step = playbook.phases.flatMap((phase) => phase.steps).find(({ id }) => id === input.stepId);
    await appendLog(tx, {
      incidentId: checklist.incidentId,
      kind: input.reason === null ? 'step.unskipped' : 'step.skipped',
      actor: actorOf(input.person),
      data: { checklistId: checklist.id, stepId: input.stepId, reason: input.reason },
      texts: { step: step?.text ?? input.stepId },
    });
  });
}
