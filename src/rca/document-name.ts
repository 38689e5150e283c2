import { incidentName } from '../incidents/model.ts';
import type { Incident } from '../incidents/model.ts';
import type { RcaKind } from './model.ts';

/** The file's name: "inc-42-rca.md". */
export function documentName(incident: Pick<Incident, 'number'>, kind: RcaKind): string {
  return `${incidentName(incident).toLowerCase()}-${kind}.md`;
}
