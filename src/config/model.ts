import type { Severity } from '../incidents/model.ts';
import type { SlackUser } from '../people/model.ts';

/** Everything a team edits, read and validated once at boot. */
export interface Config {
  /** SHA-256 over all files, logged at start: which configuration was in force. */
  readonly hash: string;
  /** Id of the channel where incidents are announced. */
  readonly incidentsChannel: string;
  /** IANA zone for documents; messages use the reader's own. */
  readonly timeZone: string;
  readonly services: ReadonlyMap<string, Service>;
  readonly routes: readonly Route[];
  readonly people: readonly PersonEntry[];
  readonly onCall: OnCall;
  readonly policies: readonly Policy[];
}

export interface Service {
  /** File name without ending; how routes, commands and playbooks name it. */
  readonly id: string;
  readonly name: string;
  readonly environment: string;
  readonly kubernetes: KubernetesTarget | null;
  /** Answers 2xx when the service is well; checked after an action. */
  readonly healthUrl: string | null;
  readonly links: readonly { readonly title: string; readonly url: string }[];
}

export interface KubernetesTarget {
  /** Context of the kubeconfig; null is the current one. */
  readonly context: string | null;
  readonly namespace: string;
  readonly deployment: string;
}

/** First match wins. Matches are exact or with * for any run of characters; no regular expressions, so none can hang. */
export interface Route {
  readonly name: string;
  readonly match: {
    readonly source?: string;
    readonly alert?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  /** Severity: fixed, or by the alert's severity label (critical → P1, warning → P2, info → P3). */
  readonly severity: Severity | 'by-label';
  /** A service id, the label that holds it, or null: the incident then asks. */
  readonly service: { readonly id: string } | { readonly label: string } | null;
  /** Alerts with equal values of these labels (besides source and service) share one incident. */
  readonly groupBy: readonly string[];
  readonly isPrivate: boolean;
}

export interface PersonEntry {
  readonly id: string;
  readonly name: string;
  /** A person may have several accounts and counts once. */
  readonly slack: readonly SlackUser[];
}

export interface OnCall {
  /** Person ids or U… ids, in order: whom a new incident invites and mentions. */
  readonly responders: readonly string[];
  /** Whom an approval asks first. */
  readonly approvers: readonly string[];
  /** Whom it asks after three minutes at P0 and P1. */
  readonly deputies: readonly string[];
}

export interface Policy {
  readonly name: string;
  readonly match: {
    readonly actions: readonly string[];
    readonly services: readonly string[];
    readonly environments: readonly string[];
    readonly severities: readonly Severity[];
  };
  /** Slack user group ids (S…) or person ids that may approve. */
  readonly approvers: readonly string[];
  /** Distinct people needed. */
  readonly needed: number;
  /** Slack user group ids or person ids that may ask; empty is any full member. */
  readonly requesters: readonly string[];
  readonly expiresAfterMinutes: number;
  /** Who may break glass: person ids or group ids; empty is nobody. */
  readonly breakGlass: readonly string[];
}
