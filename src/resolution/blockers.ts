import type { Execution } from '../executions/model.ts';
import type { Blocker } from './model.ts';

/**
 * What speaks against resolving: actions that are waiting, running or of unknown outcome, and alerts that still fire.
 * Reviews and the RCA block closing, never resolving.
 */
export function findBlockers(
  executions: readonly Execution[],
  firingAlerts: readonly string[],
): readonly Blocker[] {
  const actions = executions.flatMap((execution) => {
    const why = openWords(execution);
    return why === undefined ? [] : [{ what: `${execution.plan?.title ?? execution.action} ${why}` }];
  });
  const alerts = firingAlerts.map((name) => ({ what: `the alert ${name} still fires` }));
  return [...actions, ...alerts];
}

function openWords(execution: Execution): string | undefined {
  switch (execution.state) {
    case 'awaiting-approval':
      return 'is waiting for approval';
    case 'approved':
    case 'running':
    case 'verifying':
      return 'is still running';
    case 'unknown':
      return 'ended in an unknown state that nobody has looked at';
    case 'requested':
    case 'succeeded':
    case 'failed':
    case 'denied':
    case 'expired':
    case 'cancelled':
    case 'superseded':
    case 'by-hand':
      return undefined;
  }
}
