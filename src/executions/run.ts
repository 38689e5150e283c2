import type { Deps } from '../deps.ts';
import type { BoundAction } from './define-action.ts';

export type ExecuteDeps = Pick<
  Deps,
  | 'db'
  | 'enqueue'
  | 'newId'
  | 'config'
  | 'directory'
  | 'actions'
  | 'cluster'
  | 'clusterWriter'
  | 'probeHealth'
  | 'log'
>;

/** One run of an execution by one replica, which holds its lease until `signal` says otherwise. */
export interface Run {
  readonly deps: ExecuteDeps;
  readonly action: BoundAction;
  readonly signal: AbortSignal;
}

export const EXECUTOR = { kind: 'tocsin', part: 'execute-action' } as const;
