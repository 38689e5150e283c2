import type { Alert } from '../alerts/model.ts';
import type { BreakGlassReason } from '../approvals/model.ts';
import type { Execution } from '../executions/model.ts';
import type { Incident } from '../incidents/model.ts';
import type { SlackUser } from '../people/model.ts';
import type { FollowUp, Resolution } from '../resolution/model.ts';

export type RcaKind = 'rca' | 'short-note';

/** One line of the timeline, already as a sentence. */
export interface RcaEntry {
  readonly at: Date;
  readonly event: string;
  readonly actor: string;
}

/** Everything a draft is made from; read once, so that the draft is a pure function of it. */
export interface RcaFacts {
  readonly incident: Incident;
  readonly serviceName: string | null;
  readonly resolution: Resolution | null;
  readonly alerts: readonly Alert[];
  readonly executions: readonly Execution[];
  /** Uses of break-glass, and whether another manager has looked at them. */
  readonly breakGlassUses: readonly BreakGlassFact[];
  readonly timeline: readonly RcaEntry[];
  /** Steps that were skipped or left open: "Check recent deployments: skipped by Ana, not applicable". */
  readonly skippedSteps: readonly string[];
  readonly followUps: readonly FollowUp[];
  /** Shows a Slack account by the name of config/people.yml, else by its id. */
  readonly nameOf: (user: { readonly teamId: string; readonly userId: string }) => string;
  readonly timeZone: string;
}

export interface BreakGlassFact {
  readonly executionId: string;
  readonly reasonCode: BreakGlassReason;
  readonly reviewedBy: SlackUser | null;
}

export interface RcaDraft {
  readonly kind: RcaKind;
  readonly markdown: string;
  /** Fields that only people can fill and nobody has. */
  readonly missing: readonly string[];
}
