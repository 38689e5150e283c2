import { defineCommand } from '../src/slack/define-command.ts';
import { openResolve } from '../src/slack/open-resolve.ts';

export default defineCommand({
  name: 'resolve',
  summary: 'Resolve an incident: say what happened, and who does what next',
  usage: '[INC-<n>]',
  examples: ['/incident resolve', '/incident resolve INC-42'],
  run: async (context) => {
    const over = await openResolve(context, context.requireIncident());
    return over === undefined ? undefined : { text: over };
  },
});
