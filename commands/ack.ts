import { acknowledge } from '../src/incidents/acknowledge.ts';
import { defineCommand } from '../src/slack/define-command.ts';
import { acknowledgeAnswer } from '../src/slack/views/incident-answers.ts';

export default defineCommand({
  name: 'ack',
  summary: 'Acknowledge an incident and take command of it',
  usage: '[INC-<n>]',
  examples: ['/incident ack', '/incident ack INC-42'],
  run: async (context) => {
    const incidentId = context.requireIncident().id;
    return {
      text: acknowledgeAnswer(await acknowledge(context.deps, { incidentId, person: context.person })),
    };
  },
});
