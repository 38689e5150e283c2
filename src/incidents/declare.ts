import { readNow } from '../db/read-now.ts';
import { lockNumbers, openIncident } from '../alerts/open-incident.ts';
import { MAX_TITLE, oneLine } from '../alerts/title.ts';
import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { actorOf } from '../log/actor-of.ts';
import { appendLog } from '../log/append-log.ts';
import type { Person } from '../people/model.ts';
import type { Incident, Severity } from './model.ts';
import { getIncident } from './store.ts';

export interface DeclareInput {
  /** Made when the form was opened: sending the form twice declares one incident. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly service: string | null;
  readonly isPrivate: boolean;
  readonly person: Person;
}

/**
 * Opens an incident that a person declares, in one transaction with its log row and the job that announces it.
 * @returns the incident, without its channel, which follows in a moment
 * @throws CodedError bad_input with a sentence about the title or the service
 */
export async function declareIncident(
  deps: Pick<Deps, 'config' | 'db' | 'enqueue'>,
  input: DeclareInput,
): Promise<Incident> {
  const title = readTitle(input.title);
  if (input.service !== null && !deps.config.services.has(input.service)) {
    throw new CodedError('bad_input', 'There is no such service. Pick one of the list, or leave it open.');
  }
  return deps.db.transaction(async (tx) => {
    await lockNumbers(tx);
    const before = await getIncident(tx, input.id);
    if (before !== undefined) return before;
    const now = await readNow(tx);
    const { number } = await openIncident(tx, deps.enqueue, {
      id: input.id,
      groupKey: null,
      title,
      severity: input.severity,
      service: input.service,
      isPrivate: input.isPrivate,
      openedBy: { kind: 'person', teamId: input.person.teamId, userId: input.person.userId },
      startedAt: now,
      reason: 'Declared by a person.',
    });
    const opened = await getIncident(tx, input.id);
    if (opened === undefined) throw new CodedError('internal', 'The incident could not be opened.');
    await appendLog(tx, {
      incidentId: input.id,
      kind: 'incident.opened',
      actor: actorOf(input.person),
      data: { number, severity: input.severity, service: input.service, isPrivate: input.isPrivate },
      texts: { title },
    });
    return opened;
  });
}

function readTitle(text: string): string {
  const title = oneLine(text);
  if (title === '') throw new CodedError('bad_input', 'Say in a few words what is wrong.');
  if (title.length > MAX_TITLE) {
    throw new CodedError(
      'bad_input',
      `A title has at most ${MAX_TITLE} characters; this one has ${title.length}.`,
    );
  }
  return title;
}
