import { listProgress } from '../src/checklists/progress.ts';
import { incidentName } from '../src/incidents/model.ts';
import { defineCommand } from '../src/slack/define-command.ts';
import { whereItStands } from '../src/slack/views/checklist-words.ts';
import { findSurfaces } from '../src/surfaces/store.ts';

export default defineCommand({
  name: 'checklist',
  summary: 'Show where the checklist stands, with a link to it',
  usage: '[INC-<n>]',
  examples: ['/incident checklist', '/incident checklist INC-42'],
  run: async (context) => {
    const incident = context.requireIncident();
    const { db, chat } = context.deps;
    const lines: string[] = [];
    for (const progress of await listProgress(db, incident.id)) {
      const [message] = await findSurfaces(db, 'checklist', progress.checklist.id);
      const { channelId = null, ts = null } = message ?? {};
      const url = channelId === null || ts === null ? undefined : await chat.permalink({ channelId, ts });
      lines.push(whereItStands(progress, url));
    }
    const none = `${incidentName(incident)} has no checklist yet.`;
    return { text: lines.length === 0 ? none : lines.join('\n\n') };
  },
});
