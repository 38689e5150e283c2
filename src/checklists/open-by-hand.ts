import { readNow } from '../db/read-now.ts';
import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { incidentName, isOpen } from '../incidents/model.ts';
import { lockIncident } from '../incidents/store.ts';
import { actorOf } from '../log/actor-of.ts';
import { appendLog } from '../log/append-log.ts';
import type { Person } from '../people/model.ts';
import { openChecklist } from './open-checklist.ts';
import type { Playbook } from './playbook/model.ts';
import { listChecklists } from './store.ts';

export interface OpenByHandInput {
  readonly incidentId: string;
  readonly person: Person;
  /** The playbook's id: its file name without the ending. */
  readonly playbookId: string;
  /** When it begins, for instance a planned maintenance; null is now. */
  readonly startsAt: Date | null;
}

/**
 * Opens a playbook that somebody asks for beside the incident's own: a maintenance, or one that says nothing about when
 * it applies. Asked for twice it opens once.
 * @returns a sentence for the person
 */
export async function openByHand(
  deps: Pick<Deps, 'db' | 'enqueue' | 'config' | 'playbooks' | 'newId'>,
  input: OpenByHandInput,
): Promise<string> {
  const playbook = find(deps.playbooks, input.playbookId);
  return deps.db.transaction(async (tx) => {
    const incident = await lockIncident(tx, input.incidentId);
    if (incident === undefined || !isOpen(incident) || incident.channelId === null) {
      throw new CodedError('conflict', 'A checklist needs an open incident with its channel.');
    }
    const live = (await listChecklists(tx, incident.id)).filter((checklist) => checklist.foldedAt === null);
    if (live.some((checklist) => checklist.playbookFile === playbook.file)) {
      return `${playbook.title} is open in ${incidentName(incident)} already.`;
    }
    const entry = await openChecklist(deps, tx, {
      incident,
      playbook,
      role: 'alongside',
      startedAt: input.startsAt ?? (await readNow(tx)),
      reason: 'Somebody asked for it.',
      actor: actorOf(input.person),
    });
    await appendLog(tx, entry);
    return `${playbook.title} opens in the channel of ${incidentName(incident)}.`;
  });
}

/** The team's playbook of a name stands before the shipped one. */
function find(playbooks: readonly Playbook[], id: string): Playbook {
  const named = playbooks.filter((playbook) => playbook.id === id);
  const found = named.find((playbook) => playbook.origin === 'team') ?? named[0];
  if (found !== undefined) return found;
  const known = [...new Set(playbooks.map((playbook) => playbook.id))].sort().join(', ');
  throw new CodedError('not_found', `There is no playbook of that name. There are: ${known}.`);
}
