import { CodedError } from '../src/errors.ts';
import { changeStatus, isOpenStatus, OPEN_STATUSES } from '../src/incidents/change-status.ts';
import { incidentName } from '../src/incidents/model.ts';
import { readPicture } from '../src/incidents/read-picture.ts';
import { defineCommand } from '../src/slack/define-command.ts';
import { statusAnswer } from '../src/slack/views/incident-answers.ts';
import { listUnconfirmed } from '../src/surfaces/store.ts';

export default defineCommand({
  name: 'status',
  summary: 'Show where an incident stands, or change its status',
  usage: '[INC-<n>] [investigating|identified|monitoring]',
  examples: ['/incident status', '/incident status monitoring', '/incident status INC-42 identified'],
  run: async (context) => {
    const incident = context.requireIncident();
    const word = context.words[0]?.toLowerCase();
    if (word === undefined) {
      const picture = await readPicture(context.deps, incident.id);
      if (picture === undefined) throw new CodedError('not_found', 'There is no such incident.');
      return { text: statusAnswer(picture, await listUnconfirmed(context.deps.db, incident.id)) };
    }
    if (!isOpenStatus(word)) {
      const hint = word === 'resolved' ? ' To resolve, use /incident resolve.' : '';
      throw new CodedError('bad_input', `A status is one of ${OPEN_STATUSES.join(', ')}.${hint}`);
    }
    const input = { incidentId: incident.id, status: word, person: context.person };
    const { changed } = await changeStatus(context.deps, input);
    return { text: `${incidentName(incident)} is ${word}${changed ? ' now' : ' already'}.` };
  },
});
