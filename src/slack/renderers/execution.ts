import { getExecution } from '../../executions/store.ts';
import { defineRenderer } from '../define-renderer.ts';
import { executionCard } from '../views/execution-card.ts';

export default defineRenderer({
  kind: 'execution',
  render: async (deps, surface) => {
    const execution = await getExecution(deps.db, surface.subject);
    if (execution === undefined) return null;
    const verb = deps.actions.get(execution.action)?.title ?? execution.action;
    return executionCard({ execution, verb, retired: surface.retiredAt !== null });
  },
});
