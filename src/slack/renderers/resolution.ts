import { readPicture } from '../../incidents/read-picture.ts';
import { getResolution } from '../../resolution/store.ts';
import { defineRenderer } from '../define-renderer.ts';
import { resolutionPost } from '../views/resolution-post.ts';

export default defineRenderer({
  kind: 'resolution',
  render: async (deps, surface) => {
    const picture = await readPicture(deps, surface.subject);
    if (picture === undefined) return null;
    const resolution = await getResolution(deps.db, surface.subject);
    return resolutionPost(picture, resolution?.impact ?? null);
  },
});
