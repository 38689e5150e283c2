import type { JsonObject } from '../lib/json.ts';
import type { Person, SlackUser } from '../people/model.ts';

export const EXECUTION_STATES = [
  'requested',
  'awaiting-approval',
  'approved',
  'running',
  'verifying',
  'succeeded',
  'failed',
  'unknown',
  'denied',
  'expired',
  'cancelled',
  'superseded',
  'by-hand',
] as const;
export type ExecutionState = (typeof EXECUTION_STATES)[number];

/**
 * Where an execution may go from where. `requested` is a modal that somebody opened: nobody has been asked, it holds no
 * lock and has no log row. The lock of its target is held from `awaiting-approval` to `verifying`.
 */
export const TRANSITIONS: Readonly<Record<ExecutionState, readonly ExecutionState[]>> = {
  requested: ['awaiting-approval', 'cancelled', 'by-hand'],
  'awaiting-approval': ['approved', 'denied', 'expired', 'cancelled', 'superseded', 'by-hand'],
  approved: ['running', 'expired', 'cancelled', 'superseded', 'failed', 'by-hand'],
  running: ['verifying', 'failed', 'unknown', 'superseded'],
  verifying: ['succeeded', 'failed', 'unknown'],
  succeeded: [],
  failed: ['by-hand'],
  unknown: ['by-hand'],
  denied: [],
  expired: ['by-hand'],
  cancelled: [],
  superseded: [],
  'by-hand': [],
};

/** States that hold the lock of the target; the partial unique index of migration 0020 says the same. */
export const LOCKING_STATES: readonly ExecutionState[] = [
  'awaiting-approval',
  'approved',
  'running',
  'verifying',
];

export type ExecutionMode = 'approval' | 'break-glass' | 'by-hand';

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What will happen, in words for the one who approves; made once from what was observed, then never changed. */
export interface Plan {
  /** Says the verb, the target and where: "Restart user-profile (production)". */
  readonly title: string;
  readonly before: readonly Fact[];
  readonly after: readonly Fact[];
  /** What is touched, and what is not. */
  readonly blastRadius: string;
  /** What users may notice while it runs. */
  readonly expectedOutage: string;
  readonly warnings: readonly string[];
  readonly reversible: boolean;
  /** How to go back, why nothing needs to, or "cannot be undone, because …". */
  readonly undo: string;
  /** The same thing for doing it by hand, to copy. */
  readonly command: string;
}

/** How far it is, in numbers that the card puts into words. */
export interface Progress {
  readonly updated: number;
  readonly available: number;
  readonly desired: number;
  readonly text: string;
}

export interface Execution {
  readonly id: string;
  readonly incidentId: string;
  /** Id of src/actions/<id>.ts. */
  readonly action: string;
  readonly params: JsonObject;
  readonly target: string;
  readonly service: string | null;
  readonly environment: string;
  readonly requestedBy: Person;
  readonly requestedAt: Date;
  readonly reason: string | null;
  readonly stepKey: string | null;
  readonly playbookVersion: string | null;
  readonly plan: Plan | null;
  /** The target's specification as observed, never its status; an approval holds only for this. */
  readonly spec: JsonObject | null;
  readonly observedAt: Date | null;
  /** SHA-256, hex, of verb, target, parameters, spec, playbook version, requester and expiry. */
  readonly planHash: string | null;
  readonly state: ExecutionState;
  readonly mode: ExecutionMode;
  /** Until when it may be approved. */
  readonly expiresAt: Date | null;
  readonly approvedBy: readonly Person[];
  readonly approvedAt: Date | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly endedBy: SlackUser | null;
  readonly outcome: string | null;
  readonly progress: Progress | null;
  readonly observedAfter: JsonObject | null;
  readonly supersedes: string | null;
  readonly supersededBy: string | null;
}

export function mayMove(from: ExecutionState, to: ExecutionState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** Nothing will happen any more by itself. */
export function hasEnded(execution: Pick<Execution, 'state'>): boolean {
  return execution.state !== 'requested' && !LOCKING_STATES.includes(execution.state);
}
