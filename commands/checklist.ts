import { openByHand } from '../src/checklists/open-by-hand.ts';
import { listProgress } from '../src/checklists/progress.ts';
import { CodedError } from '../src/errors.ts';
import { incidentName } from '../src/incidents/model.ts';
import { defineCommand } from '../src/slack/define-command.ts';
import type { CommandContext } from '../src/slack/define-command.ts';
import { whereItStands } from '../src/slack/views/checklist-words.ts';
import type { Surface } from '../src/surfaces/model.ts';
import { findSurfaces } from '../src/surfaces/store.ts';

export default defineCommand({
  name: 'checklist',
  summary: 'Show where the checklist stands, or open another playbook beside it',
  usage: '[INC-<n>] [<playbook> [<start, UTC: YYYY-MM-DDTHH:MM>]]',
  examples: [
    '/incident checklist',
    '/incident checklist INC-42',
    '/incident checklist maintenance 2026-03-01T02:00',
  ],
  run: async (context) => {
    const incident = context.requireIncident();
    const { db } = context.deps;
    const [playbookId, start] = context.words;
    if (playbookId !== undefined) {
      const startsAt = start === undefined ? null : parseStart(start);
      const { deps, person } = context;
      return { text: await openByHand(deps, { incidentId: incident.id, person, playbookId, startsAt }) };
    }
    const lines: string[] = [];
    for (const progress of await listProgress(db, incident.id)) {
      const [message] = await findSurfaces(db, 'checklist', progress.checklist.id);
      lines.push(whereItStands(progress, await linkTo(context.deps, message)));
    }
    const none = `${incidentName(incident)} has no checklist yet.`;
    return { text: lines.length === 0 ? none : lines.join('\n\n') };
  },
});

const START = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

function parseStart(text: string): Date {
  const start = new Date(`${text}:00Z`);
  if (START.test(text) && !Number.isNaN(start.getTime())) return start;
  throw new CodedError('bad_input', 'Write the start in UTC as YYYY-MM-DDTHH:MM, such as 2026-03-01T02:00.');
}

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
