import type { Severity } from '../incidents/model.ts';

export type AlertStatus = 'firing' | 'resolved';

/** An alert as every source hands it on, whoever sent it: inside all limits, with maps instead of objects. */
export interface NormalisedAlert {
  /** The series, stable over its firings; at most 128 characters. */
  readonly fingerprint: string;
  readonly status: AlertStatus;
  readonly name: string;
  /** One line for people; null when the sender gave none. */
  readonly summary: string | null;
  /** When this firing began; null when the sender does not say or says nonsense. */
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  /** Where the sender shows it; http or https only. */
  readonly url: string | null;
}

/** Where an alert belongs, and why. */
export interface RouteDecision {
  readonly route: string;
  readonly severity: Severity;
  readonly service: string | null;
  readonly isPrivate: boolean;
  /** Alerts with this key share one open incident. */
  readonly groupKey: string;
  /** One sentence a person can check: which rule matched, where severity and service came from. */
  readonly reason: string;
}

export interface RoutedAlert {
  readonly alert: NormalisedAlert;
  readonly decision: RouteDecision;
}

/** A stored alert, as the card and the RCA need it. */
export interface Alert {
  readonly id: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly status: AlertStatus;
  readonly name: string;
  readonly severityLabel: string | null;
  readonly service: string | null;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  readonly url: string | null;
  readonly incidentId: string;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** How often the sender told us about this firing, about (repeats at the same instant may count once). */
  readonly seen: number;
}
