import type { Queryable } from '../db/database.ts';
import type { SlackUser } from '../people/model.ts';
import type { StoredChecklist, StoredItem } from './model.ts';
import type { PlaybookStep } from './playbook/model.ts';
import { readPlaybook } from './read-playbook.ts';
import { skipReasonText } from './skips.ts';
import { listChecklists } from './store.ts';

/** Shows an account to the readers of a document. */
export type NameOf = (user: SlackUser) => string;

/**
 * The steps of the incident's checklists that nobody did, as sentences for the RCA: "Check pods: skipped by Ana (Does not
 * apply here)". Plain text, not escaped. Of a folded checklist only what was skipped counts: its open steps gave way to
 * those of the next one. Steps that come again are never finished and never missing.
 */
export async function listSkippedOrOpenSteps(
  db: Queryable,
  incidentId: string,
  nameOf: NameOf,
): Promise<readonly string[]> {
  const sentences: string[] = [];
  for (const checklist of await listChecklists(db, incidentId)) {
    const playbook = await readPlaybook(db, checklist);
    for (const step of playbook.phases.flatMap((phase) => phase.steps)) {
      const sentence = sentenceOf(step, checklist, nameOf);
      if (sentence !== null) sentences.push(sentence);
    }
  }
  return sentences;
}

function sentenceOf(step: PlaybookStep, checklist: StoredChecklist, nameOf: NameOf): string | null {
  const item: StoredItem | undefined = checklist.items.get(step.id);
  if (item?.state === 'skipped') {
    const by = item.user === null ? '' : ` by ${nameOf(item.user)}`;
    return `${step.text}: skipped${by} (${skipReasonText(item.skipReason)})`;
  }
  const isOpen = item?.state !== 'done' && step.recursEveryMinutes === null;
  return isOpen && checklist.foldedAt === null ? `${step.text}: left open` : null;
}
