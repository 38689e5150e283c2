import type { Queryable } from '../db/database.ts';
import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { listExecutions } from '../executions/store.ts';
import { incidentName, isOpen, urgencyOf } from '../incidents/model.ts';
import type { Incident } from '../incidents/model.ts';
import { refreshIncident } from '../incidents/refresh-incident.ts';
import { lockIncident } from '../incidents/store.ts';
import { actorOf } from '../log/actor-of.ts';
import { appendLog } from '../log/append-log.ts';
import type { Person } from '../people/model.ts';
import { cancelDeadline } from '../queue/deadlines.ts';
import { wantSurface } from '../surfaces/want-surface.ts';
import { findBlockers } from './blockers.ts';
import type { Blocker, ResolutionWords } from './model.ts';
import { insertFollowUps, putResolution } from './store.ts';

export type ResolveDeps = Pick<Deps, 'db' | 'enqueue' | 'newId' | 'config'>;

export interface ResolveInput {
  readonly incidentId: string;
  readonly person: Person;
  readonly words: ResolutionWords;
  /** Why in spite of blockers; null when none are expected. */
  readonly overrideReason: string | null;
}

/**
 * Resolves an incident: stops its clocks, records what people said, announces it in a new post and hands on the RCA,
 * in one transaction. A second submission, or two people at once, resolve it once.
 * @returns a sentence for the person
 * @throws CodedError `conflict` that names what still blocks, unless a reason to override is given
 */
export async function resolveIncident(deps: ResolveDeps, input: ResolveInput): Promise<string> {
  return deps.db.transaction(async (tx) => {
    const incident = await lockIncident(tx, input.incidentId);
    if (incident === undefined) throw new CodedError('not_found', 'There is no such incident.');
    if (!isOpen(incident)) return `${incidentName(incident)} is ${incident.status} already.`;
    const blockers = await readBlockers(tx, incident.id);
    if (blockers.length > 0 && input.overrideReason === null) throw blocked(blockers);
    await tx.query(
      `update incidents set status = 'resolved', resolved_at = app.now(),
         mitigated_at = coalesce(mitigated_at, app.now()), version = version + 1 where id = $1`,
      [incident.id],
    );
    await putResolution(tx, incident.id, {
      impact: input.words.impact,
      usersAffected: input.words.usersAffected,
      rootCause: input.words.rootCause,
      resolvedBy: { teamId: input.person.teamId, userId: input.person.userId },
      overrideReason: blockers.length === 0 ? null : input.overrideReason,
    });
    await insertFollowUps(tx, deps.newId, incident.id, input.words.followUps);
    await handOn(deps, tx, incident);
    await appendLog(tx, logEntry(input, incident, blockers));
    return `${incidentName(incident)} is resolved. The ${isMajor(incident) ? 'RCA' : 'short note'} follows here.`;
  });
}

/** What speaks against resolving now, for the modal. */
export async function readBlockers(db: Queryable, incidentId: string): Promise<readonly Blocker[]> {
  const firing = await db.query<{ name: string }>(
    `select distinct name from alerts where incident_id = $1 and status = 'firing' order by name limit 20`,
    [incidentId],
  );
  return findBlockers(
    await listExecutions(db, incidentId),
    firing.rows.map((row) => row.name),
  );
}

function isMajor(incident: Pick<Incident, 'severity'>): boolean {
  return incident.severity === 'P0' || incident.severity === 'P1';
}

async function handOn(deps: ResolveDeps, tx: Queryable, incident: Incident): Promise<void> {
  const urgency = urgencyOf(incident.severity);
  await cancelDeadline(tx, 'acknowledge-overdue', incident.id);
  await refreshIncident(tx, deps.enqueue, incident.id);
  // A resolution calls people, and an edit notifies nobody: a new post.
  if (deps.config.incidentsChannel !== '' && !incident.isPrivate) {
    await wantSurface(tx, deps.enqueue, {
      kind: 'resolution',
      subject: incident.id,
      incidentId: incident.id,
      channelId: deps.config.incidentsChannel,
      urgency,
    });
  }
  await deps.enqueue(tx, 'post-rca', { incidentId: incident.id }, { key: incident.id, urgency: urgency + 2 });
}

function logEntry(
  input: ResolveInput,
  incident: Incident,
  blockers: readonly Blocker[],
): Parameters<typeof appendLog>[1] {
  const { impact, usersAffected, rootCause, followUps } = input.words;
  return {
    incidentId: incident.id,
    kind: 'incident.resolved',
    actor: actorOf(input.person),
    data: {
      severity: incident.severity,
      rootCauseKnown: rootCause !== null,
      followUps: followUps.length,
      overridden: blockers.length,
    },
    texts: {
      impact,
      ...(usersAffected === null ? {} : { usersAffected }),
      ...(rootCause === null ? {} : { rootCause }),
      ...(input.overrideReason === null || blockers.length === 0
        ? {}
        : { overrideReason: input.overrideReason }),
    },
  };
}

function blocked(blockers: readonly Blocker[]): CodedError {
  const list = blockers.map((blocker) => `• ${blocker.what}`).join('\n');
  return new CodedError('conflict', `Still open:\n${list}\nResolve all the same only with a reason.`);
}
