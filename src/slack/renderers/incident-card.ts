import { readPicture } from '../../incidents/read-picture.ts';
import { defineRenderer } from '../define-renderer.ts';
import { incidentCard } from '../views/incident-card.ts';

export default defineRenderer({
  kind: 'incident-card',
  render: async (deps, surface) => {
    const picture = await readPicture(deps, surface.subject);
    if (picture === undefined) return null;
    return incidentCard({
      picture,
      services: [...deps.config.services.values()],
      retired: surface.retiredAt !== null,
    });
  },
});
