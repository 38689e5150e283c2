import { listProgress } from '../src/checklists/progress.ts';
import { incidentName } from '../src/incidents/model.ts';
import { defineCommand } from '../src/slack/define-command.ts';
import type { CommandContext } from '../src/slack/define-command.ts';
import { whereItStands } from '../src/slack/views/checklist-words.ts';
import type { Surface } from '../src/surfaces/model.ts';
import { findSurfaces } from '../src/surfaces/store.ts';

export default defineCommand({
  name: 'checklist',
  summary: 'Show where the checklist stands, with a link to it',
  usage: '[INC-<n>]',
  examples: ['/incident checklist', '/incident checklist INC-42'],
  run: async (context) => {
    const incident = context.requireIncident();
    const { db } = context.deps;
    const lines: string[] = [];
    for (const progress of await listProgress(db, incident.id)) {
      const [message] = await findSurfaces(db, 'checklist', progress.checklist.id);
      lines.push(whereItStands(progress, await linkTo(context.deps, message)));
    }
    const none = `${incidentName(incident)} has no checklist yet.`;
    return { text: lines.length === 0 ? none : lines.join('\n\n') };
  },
});

/** Without a link the answer is still worth having. */
async function linkTo(
  { chat, log }: CommandContext['deps'],
  message: Surface | undefined,
): Promise<string | undefined> {
  const { channelId = null, ts = null } = message ?? {};
  if (channelId === null || ts === null) return undefined;
  try {
    return await chat.permalink({ channelId, ts });
  } catch (error) {
    log.warn({ err: error }, 'a checklist is shown without a link to it');
    return undefined;
  }
}
