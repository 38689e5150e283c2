import type { Observed } from './define-action.ts';
import type { Run } from './run.ts';

/** Milliseconds for looking at the target when nobody waits for an answer. */
const TIMEOUT = 5_000;

/** The target as it is now. @throws CodedError unavailable when the cluster does not answer, and others as they are */
export async function observeNow({ deps, action }: Run): Promise<Observed> {
  return action.observe({ cluster: deps.cluster, health: deps.probeHealth }, { timeoutMs: TIMEOUT });
}
