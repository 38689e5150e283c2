import type { Queryable } from '../db/database.ts';
import { ACKNOWLEDGE_WITHIN, urgencyOf } from '../incidents/model.ts';
import type { OpenedBy, Severity } from '../incidents/model.ts';
import type { EnqueueJob } from '../queue/enqueue.ts';
import { setDeadline } from '../queue/deadlines.ts';
import { slugOf } from './slug.ts';

export interface OpenIncidentInput {
  readonly id: string;
  /** Alerts with this key join it; null for an incident that a person declares. */
  readonly groupKey: string | null;
  readonly title: string;
  readonly severity: Severity;
  readonly service: string | null;
  readonly isPrivate: boolean;
  readonly openedBy: OpenedBy;
  /** When it began, as far as known; never stored later than now. */
  readonly startedAt: Date;
  readonly reason: string;
}

/** Takes the lock that gives out numbers. Take it before any incident's lock, and before openIncident. */
export async function lockNumbers(tx: Queryable): Promise<void> {
  await tx.query(`select value from counters where name = 'incident' for update`);
}

/**
 * Opens an incident in the caller's transaction: number, row, deadline to acknowledge, job to announce. The caller
 * holds lockNumbers and appends the log row. A number is taken only when the transaction commits, so none is burnt.
 * @throws CodedError with constraint incidents_one_open_per_group when the group has an open one
 */
export async function openIncident(
  tx: Queryable,
  enqueue: EnqueueJob,
  input: OpenIncidentInput,
): Promise<{ readonly id: string; readonly number: number }> {
  const answer = await tx.query<{ number: string; opened_at: Date }>(
    `with next as (update counters set value = value + 1 where name = 'incident' returning value)
     insert into incidents (id, number, group_key, title, slug, severity, status, service, is_private, opened_by,
                            started_at, opened_at, route_reason)
     select $1, next.value, $2, $3, $4, $5, 'investigating', $6, $7, $8, least($9::timestamptz, app.now()), app.now(), $10
     from next returning number, opened_at`,
    [
      input.id,
      input.groupKey,
      input.title,
      slugOf(input.title),
      input.severity,
      input.service,
      input.isPrivate,
      JSON.stringify(input.openedBy),
      input.startedAt,
      input.reason,
    ],
  );
  const row = answer.rows[0];
  if (row === undefined) throw new Error('the counter for incidents is missing');
  const urgency = urgencyOf(input.severity);
  await setDeadline(tx, {
    job: 'acknowledge-overdue',
    key: input.id,
    payload: { incidentId: input.id },
    dueAt: new Date(row.opened_at.getTime() + ACKNOWLEDGE_WITHIN[input.severity] * 60_000),
    urgency,
  });
  await enqueue(tx, 'announce-incident', { incidentId: input.id }, { key: input.id, urgency });
  return { id: input.id, number: Number(row.number) };
}
