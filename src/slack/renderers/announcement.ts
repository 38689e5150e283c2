import { readPicture } from '../../incidents/read-picture.ts';
import { defineRenderer } from '../define-renderer.ts';
import { announcement } from '../views/announcement.ts';

export default defineRenderer({
  kind: 'announcement',
  render: async (deps, surface) => {
    const picture = await readPicture(deps, surface.subject);
    return picture === undefined ? null : announcement(picture);
  },
});
