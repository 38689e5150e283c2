import { isOpen } from './model.ts';
import type { IncidentPicture } from './read-picture.ts';

/** What comes next, in one sentence that somebody who was just woken can follow. */
export function nextStep({ incident, counts }: Pick<IncidentPicture, 'incident' | 'counts'>): string {
  if (!isOpen(incident)) return AFTER[incident.status] ?? 'Nothing more to do here.';
  if (incident.commander === null) return 'Somebody takes command with the button below.';
  if (counts.total > 0 && counts.firing === 0) {
    return 'All alerts are resolved: check that it stays well, then resolve the incident.';
  }
  if (incident.service === null) return 'Say which service this is about.';
  if (incident.status === 'investigating') return 'Work through the checklist and find the cause.';
  if (incident.status === 'identified') return 'The cause is known: stop the impact.';
  return 'The impact is over: watch that it stays well, then resolve the incident.';
}

const AFTER: Readonly<Partial<Record<IncidentPicture['incident']['status'], string>>> = {
  resolved: 'Read the RCA and fill in what is marked missing.',
  merged: 'Go on in the incident that this one was merged into.',
};
