import type { Queryable } from '../db/database.ts';
import type { Deps } from '../deps.ts';
import type { Incident } from '../incidents/model.ts';
import type { Actor, LogEntry } from '../log/append-log.ts';
import type { StoredChecklist } from './model.ts';
import type { Playbook } from './playbook/model.ts';
import { pictureOf } from './read-checklist.ts';
import { showChecklist } from './show-checklist.ts';
import { getChecklist, insertChecklist } from './store.ts';

export interface OpenChecklistInput {
  readonly incident: Incident;
  readonly playbook: Playbook;
  readonly role: StoredChecklist['role'];
  /** Windows count from here; for a maintenance it is the planned start. */
  readonly startedAt: Date;
  readonly reason: string;
  readonly actor: Actor;
}

/**
 * Opens a playbook as a checklist: its text is stored, its message wanted, its alarm set.
 * @returns the log row, for the caller to append last
 */
export async function openChecklist(
  deps: Pick<Deps, 'enqueue' | 'config' | 'newId'>,
  tx: Queryable,
  input: OpenChecklistInput,
): Promise<LogEntry> {
  const { incident, playbook, role, startedAt, reason, actor } = input;
  const id = deps.newId();
  const row = { id, incidentId: incident.id, role, severity: incident.severity, startedAt };
  await insertChecklist(tx, row, playbook);
  const checklist = await getChecklist(tx, id);
  if (checklist !== undefined) await showChecklist(tx, deps.enqueue, await pictureOf(deps, tx, checklist));
  return {
    incidentId: incident.id,
    kind: 'checklist.opened',
    actor,
    data: { checklistId: id, role, severity: incident.severity, playbook: playbook.contentHash },
    texts: { playbook: playbook.title, reason },
  };
}
