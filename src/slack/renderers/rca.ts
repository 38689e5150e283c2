import { getIncident } from '../../incidents/store.ts';
import { getRca } from '../../rca/store.ts';
import { defineRenderer } from '../define-renderer.ts';
import { rcaMessage } from '../views/rca-message.ts';

export default defineRenderer({
  kind: 'rca',
  render: async (deps, surface) => {
    const incident = await getIncident(deps.db, surface.subject);
    const rca = await getRca(deps.db, surface.subject);
    return incident === undefined || rca === undefined ? null : rcaMessage({ incident, rca });
  },
});
