import { listOpenIncidents } from '../src/incidents/store.ts';
import { defineCommand } from '../src/slack/define-command.ts';
import { listAnswer } from '../src/slack/views/incident-answers.ts';

/** More would pass what a person reads; the worst come first. */
const SHOWN = 20;

export default defineCommand({
  name: 'list',
  summary: 'List the open incidents, the worst first',
  usage: '',
  examples: ['/incident list'],
  run: async ({ deps, channelId }) =>
    listAnswer(await listOpenIncidents(deps.db, SHOWN + 1, channelId), SHOWN),
});
