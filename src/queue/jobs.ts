/** Every job's payload. Payloads hold ids only: the row is read again when the job runs, so a job is never stale. */
export interface JobPayloads {
  /** Channel, card, announcement, invitations for an incident that was just opened. */
  'announce-incident': { readonly incidentId: string };
  /** Topic, pin, bookmark: nice to have, last in line. */
  'decorate-channel': { readonly incidentId: string };
  'start-checklist': { readonly incidentId: string };
  /** Bring one message of ours in line with stored state. */
  'refresh-surface': { readonly surfaceId: string };
  /** A deadline of an incident passed: see the feature that set it. */
  'acknowledge-overdue': { readonly incidentId: string };
  'step-overdue': { readonly checklistId: string };
  'post-approval': { readonly executionId: string };
  'escalate-approval': { readonly executionId: string };
  'expire-approval': { readonly executionId: string };
  'execute-action': { readonly executionId: string };
  'post-rca': { readonly incidentId: string };
}

export type JobName = keyof JobPayloads;

/** A job's name together with the payload of that name, and the key and urgency it was enqueued with. */
export type JobEnvelope<N extends JobName = JobName> = {
  readonly [K in N]: {
    readonly job: K;
    readonly payload: JobPayloads[K];
    readonly key: string;
    readonly urgency?: number;
  };
}[N];
