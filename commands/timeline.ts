import { incidentName } from '../src/incidents/model.ts';
import { readTimeline } from '../src/log/read-timeline.ts';
import { defineCommand } from '../src/slack/define-command.ts';
import { timelineBlocks } from '../src/slack/views/timeline.ts';

/** The newest rows that are read; a message holds about as many. */
const ROWS = 200;

export default defineCommand({
  name: 'timeline',
  summary: 'Show what happened in an incident, and who did it',
  usage: '[INC-<n>]',
  examples: ['/incident timeline', '/incident timeline INC-42'],
  run: async (context) => {
    const incident = context.requireIncident();
    const entries = await readTimeline(context.deps.db, incident.id, ROWS);
    return {
      text: `Timeline of ${incidentName(incident)}: ${entries.length} entries.`,
      blocks: timelineBlocks(context.deps.descriptions, entries),
    };
  },
});
