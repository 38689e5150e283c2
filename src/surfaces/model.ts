/**
 * A surface is a message that the bot owns. Its content is a pure function of stored state, found by `kind` and
 * `subject`; Slack is only a projection of it.
 */
export type SurfaceKind =
  'incident-card' | 'announcement' | 'resolution' | 'notice' | 'checklist' | 'execution' | 'approval' | 'rca';

export interface Surface {
  readonly id: string;
  readonly kind: SurfaceKind;
  /** Id of what is shown: an incident, a checklist, an execution, a log row. */
  readonly subject: string;
  /** 0 for the first message; what passes Slack's limits goes on in 1, 2 … */
  readonly page: number;
  readonly incidentId: string | null;
  readonly channelId: string | null;
  /** Slack's timestamp of the message; null until it is known to be posted. */
  readonly ts: string | null;
  readonly urgency: number;
  readonly wanted: number;
  readonly shown: number;
  readonly shownHash: string | null;
  /** Set before the first try to post: from then on the bot looks for what that try left before it posts again. */
  readonly attemptedAt: Date | null;
  /** A retired message has lost its buttons: a newer one stands for it. */
  readonly retiredAt: Date | null;
}
