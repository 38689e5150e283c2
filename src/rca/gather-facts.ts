import { listAlerts } from '../alerts/store.ts';
import { listBreakGlassUses } from '../approvals/store.ts';
import type { Config } from '../config/model.ts';
import type { Queryable } from '../db/database.ts';
import { CodedError } from '../errors.ts';
import { listExecutions } from '../executions/store.ts';
import { getIncident } from '../incidents/store.ts';
import { describeEntry } from '../log/describe-entry.ts';
import type { Descriptions, Say } from '../log/describe-entry.ts';
import type { Actor } from '../log/append-log.ts';
import { readTimeline } from '../log/read-timeline.ts';
import { sameUser } from '../people/model.ts';
import type { SlackUser } from '../people/model.ts';
import { getResolution, listFollowUps } from '../resolution/store.ts';
import type { RcaEntry, RcaFacts } from './model.ts';

export interface GatherDeps {
  readonly config: Config;
  /** Every feature's sentences for the log. */
  readonly descriptions: readonly Descriptions[];
  readonly listSkippedSteps: (
    db: Queryable,
    incidentId: string,
    nameOf: (user: SlackUser) => string,
  ) => Promise<readonly string[]>;
}

/** Alerts that a document lists at most; a storm's thousand lines help nobody. */
const MAX_ALERTS = 50;
/** Rows of the log that a document tells at most. */
const MAX_ENTRIES = 1_000;

/** Reads everything that is known about an incident, for the draft. */
export async function gatherFacts(deps: GatherDeps, db: Queryable, incidentId: string): Promise<RcaFacts> {
  const incident = await getIncident(db, incidentId);
  if (incident === undefined) throw new CodedError('not_found', 'There is no such incident.');
  const nameOf = (user: SlackUser): string => nameIn(deps.config, user);
  return {
    incident,
    serviceName:
      incident.service === null
        ? null
        : (deps.config.services.get(incident.service)?.name ?? incident.service),
    resolution: (await getResolution(db, incidentId)) ?? null,
    alerts: await listAlerts(db, incidentId, MAX_ALERTS),
    executions: await listExecutions(db, incidentId),
    breakGlassUses: await listBreakGlassUses(db, incidentId),
    timeline: await gatherTimeline(deps, db, incidentId, nameOf),
    skippedSteps: await deps.listSkippedSteps(db, incidentId, nameOf),
    followUps: await listFollowUps(db, incidentId),
    nameOf,
    timeZone: deps.config.timeZone,
  };
}

async function gatherTimeline(
  deps: GatherDeps,
  db: Queryable,
  incidentId: string,
  nameOf: (user: SlackUser) => string,
): Promise<readonly RcaEntry[]> {
  // Nothing is escaped here: the draft escapes the whole sentence for its table, once.
  const say: Say = { person: nameOf, text: (text) => text };
  const entries = await readTimeline(db, incidentId, MAX_ENTRIES);
  return entries.flatMap((entry) => {
    const event = describeEntry(deps.descriptions, entry, say);
    return event === null ? [] : [{ at: entry.at, event, actor: actorName(entry.actor, nameOf) }];
  });
}

function actorName(actor: Actor, nameOf: (user: SlackUser) => string): string {
  switch (actor.kind) {
    case 'person':
      return nameOf(actor);
    case 'alert-source':
      return actor.id;
    case 'tocsin':
      return 'Tocsin';
  }
}

/** The name in people.yml, else the account's id: names are resolved when shown, never stored. */
function nameIn(config: Config, user: SlackUser): string {
  const entry = config.people.find((person) =>
    person.slack.some(
      (account) => sameUser(account, user) || (user.teamId === '' && account.userId === user.userId),
    ),
  );
  return entry?.name ?? user.userId;
}
