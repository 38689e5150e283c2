import { CodedError } from '../src/errors.ts';
import { defineCommand } from '../src/slack/define-command.ts';
import { openActionRequest } from '../src/slack/open-action-request.ts';

export default defineCommand({
  name: 'run',
  summary: 'Ask for a guarded action; it runs after somebody else has approved its plan',
  usage: '[INC-<n>] <action> [service]',
  examples: ['/incident run restart', '/incident run INC-42 restart checkout'],
  run: async (context) => {
    const [actionId = '', service] = context.words;
    const { actions } = context.deps;
    if (!actions.has(actionId)) {
      const known = [...actions.values()].map(({ id, summary }) => `${id}: ${summary}`).join(' ');
      throw new CodedError('bad_input', `Say which action to run. ${known}`);
    }
    const incident = context.requireIncident();
    await openActionRequest(context, { incident, actionId, ...(service === undefined ? {} : { service }) });
    return undefined;
  },
});
