import type { JobName } from './queue/jobs.ts';

/**
 * A lane is a set of workers. In a storm a new channel must not wait behind the messages of older incidents; long jobs (a
 * rollout takes minutes) must never hold up a card.
 */
export type Lane = 'channels' | 'messages' | 'actions';

export interface JobRule {
  readonly lane: Lane;
  /** 1 first … 9 last. A job enqueued for an incident may be given a better one by severity. */
  readonly urgency: number;
  /** Tries for failures that time does not heal; then the job is quarantined. Temporary trouble is tried until it works. */
  readonly tries: number;
  /**
   * Also tries on while a setting, scope or right outside is missing (code `config`), since people mend those and nobody
   * would drive the job again. Only for jobs whose every try is free of effects until the one that works.
   */
  readonly untilMended?: true;
  readonly handsOn: readonly JobName[];
}

/**
 * The way through the house, after the webhook's own transaction (alerts/receive-alerts.ts) has stored alert and
 * incident: alert webhook → stored → channel → checklist → action requested → approval → execution → resolution → RCA.
 * Every arrow is a job in this table; read it from top to bottom.
 */
export const FLOW: Readonly<Record<JobName, JobRule>> = {
  'announce-incident': {
    lane: 'channels',
    urgency: 2,
    tries: 5,
    untilMended: true,
    handsOn: ['refresh-surface', 'start-checklist', 'decorate-channel'],
  },
  'start-checklist': { lane: 'messages', urgency: 2, tries: 5, handsOn: ['refresh-surface', 'step-overdue'] },
  'refresh-surface': { lane: 'messages', urgency: 3, tries: 5, untilMended: true, handsOn: [] },
  'acknowledge-overdue': { lane: 'messages', urgency: 2, tries: 5, handsOn: ['refresh-surface'] },
  'step-overdue': { lane: 'messages', urgency: 4, tries: 5, handsOn: ['refresh-surface'] },
  'post-approval': {
    lane: 'messages',
    urgency: 1,
    tries: 5,
    handsOn: ['refresh-surface', 'escalate-approval', 'expire-approval'],
  },
  'escalate-approval': { lane: 'messages', urgency: 1, tries: 5, handsOn: ['refresh-surface'] },
  'expire-approval': { lane: 'messages', urgency: 3, tries: 5, handsOn: ['refresh-surface'] },
  'execute-action': { lane: 'actions', urgency: 1, tries: 5, handsOn: ['refresh-surface'] },
  'post-rca': { lane: 'messages', urgency: 4, tries: 5, handsOn: ['refresh-surface'] },
  'decorate-channel': { lane: 'messages', urgency: 8, tries: 5, handsOn: [] },
};
