import { readChecklist } from '../../checklists/read-checklist.ts';
import { defineRenderer } from '../define-renderer.ts';
import { checklistMessage } from '../views/checklist.ts';

export default defineRenderer({
  kind: 'checklist',
  render: async (deps, surface) => {
    const picture = await readChecklist(deps, deps.db, surface.subject);
    if (picture === undefined) return null;
    return checklistMessage(picture, surface.page, {
      retired: surface.retiredAt !== null,
      posted: surface.ts !== null,
    });
  },
});
