import type { Alert } from '../alerts/model.ts';
import { countAlerts, listAlerts } from '../alerts/store.ts';
import type { AlertCounts } from '../alerts/store.ts';
import type { Config, Service } from '../config/model.ts';
import type { Queryable } from '../db/database.ts';
import type { Incident } from './model.ts';
import { getIncident } from './store.ts';

/** Everything that messages about an incident show. */
export interface IncidentPicture {
  readonly incident: Incident;
  /** Null when nobody has said which, or configuration has it no longer. */
  readonly service: Service | null;
  readonly counts: AlertCounts;
  /** The first ones that came; `counts` has all. */
  readonly alerts: readonly Alert[];
}

/** Alerts read for a card; it names a few of them. */
const ALERTS = 50;

export async function readPicture(
  deps: { readonly db: Queryable; readonly config: Pick<Config, 'services'> },
  incidentId: string,
): Promise<IncidentPicture | undefined> {
  const incident = await getIncident(deps.db, incidentId);
  if (incident === undefined) return undefined;
  const service = incident.service === null ? undefined : deps.config.services.get(incident.service);
  return {
    incident,
    service: service ?? null,
    counts: await countAlerts(deps.db, incidentId),
    alerts: await listAlerts(deps.db, incidentId, ALERTS),
  };
}
