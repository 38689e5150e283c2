import type { SlackUser } from '../people/model.ts';

export const SEVERITIES = ['P0', 'P1', 'P2', 'P3'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const STATUSES = [
  'investigating',
  'identified',
  'monitoring',
  'resolved',
  'closed',
  'merged',
] as const;
export type IncidentStatus = (typeof STATUSES)[number];

const OPEN: ReadonlySet<IncidentStatus> = new Set(['investigating', 'identified', 'monitoring']);

export type OpenedBy =
  { readonly kind: 'alert'; readonly source: string } | ({ readonly kind: 'person' } & SlackUser);

export interface Incident {
  readonly id: string;
  readonly number: number;
  readonly groupKey: string | null;
  readonly title: string;
  readonly slug: string;
  readonly severity: Severity;
  readonly status: IncidentStatus;
  /** Id of config/services/<id>.yml; null when nobody has said yet. */
  readonly service: string | null;
  readonly isPrivate: boolean;
  readonly openedBy: OpenedBy;
  readonly commander: SlackUser | null;
  /** When it began, as far as known: the alert's own start, no later than `openedAt`. */
  readonly startedAt: Date;
  readonly openedAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly mitigatedAt: Date | null;
  readonly resolvedAt: Date | null;
  readonly closedAt: Date | null;
  readonly channelId: string | null;
  readonly channelName: string | null;
  readonly routeReason: string | null;
  readonly version: number;
}

export function isOpen(incident: Pick<Incident, 'status'>): boolean {
  return OPEN.has(incident.status);
}

/** How people name an incident: INC-42. */
export function incidentName(incident: Pick<Incident, 'number'>): string {
  return `INC-${incident.number}`;
}

/** Jobs and calls for the most severe incident go first: P0 → 1 … P3 → 4. */
export function urgencyOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity) + 1;
}

/** Minutes after opening in which somebody takes command, by severity; after that the people on call are called again. */
export const ACKNOWLEDGE_WITHIN: Readonly<Record<Severity, number>> = { P0: 5, P1: 15, P2: 240, P3: 1_440 };

/** Whether `a` is worse than `b`. */
export function isWorse(a: Severity, b: Severity): boolean {
  return SEVERITIES.indexOf(a) < SEVERITIES.indexOf(b);
}
