import { incidentName } from '../../incidents/model.ts';
import type { Incident } from '../../incidents/model.ts';
import { describeSeconds, elapsedMs } from '../../lib/duration.ts';
import { documentName } from '../../rca/document-name.ts';
import type { RcaDraft } from '../../rca/model.ts';
import type { SlackMessage } from '../define-renderer.ts';
import { code, escapeText } from '../text.ts';
import { section } from './incident-lines.ts';

export interface RcaMessageInput {
  readonly incident: Incident;
  readonly rca: Pick<RcaDraft, 'kind' | 'missing'>;
}

/** Says in short what the document holds and what is still for people to write; the document is attached beside it. */
export function rcaMessage({ incident, rca }: RcaMessageInput): SlackMessage {
  const what = rca.kind === 'rca' ? 'Root cause analysis' : 'Short note';
  const lasted = describeSeconds(
    elapsedMs(incident.startedAt, incident.resolvedAt ?? incident.startedAt) / 1_000,
  );
  const head = `${what} of ${incidentName(incident)}: ${incident.severity}, lasted ${lasted}.`;
  const missing =
    rca.missing.length === 0
      ? 'Every field is filled.'
      : `Still to be written by people: ${rca.missing.map(escapeText).join(', ')}.`;
  const file = documentName(incident, rca.kind);
  return {
    text: `${head} ${missing} The document is attached as ${file}.`,
    blocks: [
      section(
        `:page_facing_up: *${head}*\nDrafted from the log: times, alerts, actions and who decided them.\n${missing}`,
      ),
      section(`The document is attached in this channel: ${code(file)}`),
    ],
  };
}
