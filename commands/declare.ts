import { declareIncident } from '../src/incidents/declare.ts';
import { SEVERITIES } from '../src/incidents/model.ts';
import { defineCommand } from '../src/slack/define-command.ts';
import { declareModal } from '../src/slack/views/declare-modal.ts';
import { declaredAnswer } from '../src/slack/views/incident-answers.ts';

export default defineCommand({
  name: 'declare',
  summary: 'Declare an incident: a form, or at once when a severity comes first',
  usage: '[P0|P1|P2|P3] [what is wrong]',
  examples: ['/incident declare', '/incident declare P1 Checkout answers 500'],
  run: async (context) => {
    const severity = SEVERITIES.find((one) => one === context.words[0]?.toUpperCase());
    const title = unescapeText(severity === undefined ? context.args : context.words.slice(1).join(' '));
    if (severity === undefined || title === '') {
      const services = [...context.deps.config.services.values()];
      await context.openModal(declareModal({ id: context.deps.newId(), title, services }));
      return undefined;
    }
    const incident = await declareIncident(context.deps, {
      id: context.deps.newId(),
      title,
      severity,
      service: null,
      isPrivate: false,
      person: context.person,
    });
    return { text: declaredAnswer(incident) };
  },
});

/** Commands arrive with Slack's three entities; a title is stored as it was typed and escaped once, when shown. */
function unescapeText(text: string): string {
  return text.trim().replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
