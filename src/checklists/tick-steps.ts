import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { incidentName } from '../incidents/model.ts';
import { actorOf } from '../log/actor-of.ts';
import { appendLog } from '../log/append-log.ts';
import type { Person } from '../people/model.ts';
import type { Queryable } from '../db/database.ts';
import type { RenderedGroup, StoredItem } from './model.ts';
import type { Playbook, PlaybookStep } from './playbook/model.ts';
import { pictureOf } from './read-checklist.ts';
import type { ChecklistPicture } from './read-checklist.ts';
import { parseGroupBlockId } from './rendered-group.ts';
import { showChecklist } from './show-checklist.ts';
import { lockChecklist, saveItems } from './store.ts';
import { readNow } from '../db/read-now.ts';
import { applyTick, commitTick } from './ticks.ts';
import type { Click } from './ticks.ts';

export type ChangeDeps = Pick<Deps, 'db' | 'enqueue' | 'config'>;

export interface TickInput {
  readonly checklistId: string;
  readonly person: Person;
  /** Of the clicked group: names the rendering that the person saw, see rendered-group.ts. */
  readonly blockId: string;
  /** The whole selection as Slack sent it. */
  readonly selected: readonly string[];
  /** Slack's `action_ts` in microseconds. */
  readonly order: number;
}

export interface TickAnswer {
  readonly changed: readonly { readonly step: PlaybookStep; readonly to: 'done' | 'open' }[];
  /** What the person meant that somebody else's change came before; nothing was done about it. */
  readonly conflicts: readonly { readonly step: PlaybookStep; readonly item: StoredItem }[];
}

/**
 * Ticks and unticks what the person changed against the rendering they saw; what others did since stays. A repeated or
 * late delivery of the same click finds that and does nothing.
 */
export async function tickSteps(deps: ChangeDeps, input: TickInput): Promise<TickAnswer> {
  return deps.db.transaction(async (tx) => {
    const picture = await lockForChange(deps, tx, input.checklistId);
    const { checklist, playbook } = picture;
    const click: Click = {
      rendered: readRendered(playbook, input),
      selected: input.selected,
      person: input.person.personId,
      order: input.order,
    };
    const steps = new Map(playbook.phases.flatMap((phase) => phase.steps).map((step) => [step.id, step]));
    const recurring = new Set(
      [...steps.values()].filter((step) => step.recursEveryMinutes !== null).map(({ id }) => id),
    );
    const { changes, conflicts } = applyTick(checklist.items, click, recurring);
    const answer: TickAnswer = {
      changed: changes.flatMap(({ stepId, to }) => {
        const step = steps.get(stepId);
        return step === undefined ? [] : [{ step, to }];
      }),
      conflicts: conflicts.flatMap(({ stepId }) => {
        const [step, item] = [steps.get(stepId), checklist.items.get(stepId)];
        return step === undefined || item === undefined ? [] : [{ step, item }];
      }),
    };
    if (changes.length === 0) return answer;
    const after = commitTick(checklist, changes, click, await readNow(tx), recurring);
    await saveItems(tx, checklist, after, input.person);
    await showAgain(deps, tx, picture);
    for (const { step, to } of answer.changed) {
      await appendLog(tx, {
        incidentId: checklist.incidentId,
        kind: to === 'done' ? 'step.done' : 'step.undone',
        actor: actorOf(input.person),
        data: { checklistId: checklist.id, stepId: step.id },
        texts: { step: step.text },
      });
    }
    return answer;
  });
}

/** The checklist under its lock. @throws CodedError when it takes no changes (any more) */
export async function lockForChange(
  deps: ChangeDeps,
  tx: Queryable,
  checklistId: string,
): Promise<ChecklistPicture> {
  const checklist = await lockChecklist(tx, checklistId);
  if (checklist === undefined) throw new CodedError('not_found', 'There is no such checklist.');
  if (checklist.foldedAt !== null) {
    throw new CodedError('conflict', 'A newer checklist stands for this one now; please use that.');
  }
  const picture = await pictureOf(deps, tx, checklist);
  const { incident } = picture;
  // After resolving, recovery steps may still be ticked; what is closed stays as it was.
  if (incident.status === 'closed' || incident.status === 'merged') {
    throw new CodedError('conflict', `${incidentName(incident)} is ${incident.status}; its checklist stays.`);
  }
  return picture;
}

/** Draws the messages again from what is stored by now. */
export async function showAgain(deps: ChangeDeps, tx: Queryable, before: ChecklistPicture): Promise<void> {
  const checklist = (await lockChecklist(tx, before.checklist.id)) ?? before.checklist;
  await showChecklist(tx, deps.enqueue, { ...before, checklist });
}

/** What the group showed. @throws CodedError when it is not a group of this checklist */
export function readRendered(
  playbook: Playbook,
  input: { readonly checklistId: string; readonly blockId: string },
): RenderedGroup {
  const parsed = parseGroupBlockId(input.blockId, ({ phase, group }) => {
    const step = playbook.phases[phase]?.steps[group];
    return step === undefined ? [] : [step.id];
  });
  if (parsed === null || parsed.address.checklistId !== input.checklistId) {
    throw new CodedError('not_allowed', 'These boxes belong to another checklist; nothing was changed.');
  }
  return parsed.rendered;
}
