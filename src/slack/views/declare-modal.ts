import type { KnownBlock, ModalView } from '@slack/types';
import type { Service } from '../../config/model.ts';
import { SEVERITIES } from '../../incidents/model.ts';
import type { Severity } from '../../incidents/model.ts';
import { input, inputs } from '../modal-values.ts';
import type { ModalValues } from '../modal-values.ts';
import { option } from './incident-card.ts';

export const DECLARE_CALLBACK = 'incident.declare';

const BLOCKS = {
  title: 'title',
  severity: 'severity',
  service: 'service',
  visibility: 'visibility',
} as const;

const MEANINGS: Readonly<Record<Severity, string>> = {
  P0: 'P0: down, or data is being lost',
  P1: 'P1: a main function is broken',
  P2: 'P2: something smaller is broken',
  P3: 'P3: can wait until tomorrow',
};

export interface DeclareModalInput {
  /** Becomes the incident's id, so that sending the form twice declares once. */
  readonly id: string;
  readonly title: string;
  readonly services: readonly Service[];
}

/** Slack's limit for a title is that of the incident, so that nobody types in vain. */
const MAX_TITLE = 120;

export function declareModal({ id, title, services }: DeclareModalInput): ModalView {
  const initial = title.slice(0, MAX_TITLE).toWellFormed();
  return {
    type: 'modal',
    callback_id: DECLARE_CALLBACK,
    private_metadata: id,
    title: { type: 'plain_text', text: 'Declare an incident' },
    submit: { type: 'plain_text', text: 'Declare' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      {
        type: 'input',
        block_id: BLOCKS.title,
        label: { type: 'plain_text', text: 'What is wrong?' },
        element: {
          type: 'plain_text_input',
          action_id: 'text',
          max_length: MAX_TITLE,
          ...(initial === '' ? {} : { initial_value: initial }),
        },
      },
      severityBlock(),
      ...(services.length === 0 ? [] : [serviceBlock(services)]),
      {
        type: 'input',
        block_id: BLOCKS.visibility,
        optional: true,
        label: { type: 'plain_text', text: 'Who may see it?' },
        element: {
          type: 'checkboxes',
          action_id: 'check',
          options: [option('Only the people invited (private channel)', 'private')],
        },
      },
    ],
  };
}

function severityBlock(): KnownBlock {
  const options = SEVERITIES.map((severity) => option(MEANINGS[severity], severity));
  return {
    type: 'input',
    block_id: BLOCKS.severity,
    label: { type: 'plain_text', text: 'How bad is it?' },
    element: { type: 'static_select', action_id: 'select', options },
  };
}

function serviceBlock(services: readonly Service[]): KnownBlock {
  return {
    type: 'input',
    block_id: BLOCKS.service,
    optional: true,
    label: { type: 'plain_text', text: 'Which service? (leave open when you do not know)' },
    element: {
      type: 'static_select',
      action_id: 'select',
      options: services.slice(0, 100).map((service) => option(service.name, service.id)),
    },
  };
}

export interface Declared {
  readonly title: string;
  readonly severity: Severity;
  readonly service: string | null;
  readonly isPrivate: boolean;
}

/** The form's answers, or what is missing, by block. */
export function parseDeclare(values: ModalValues): Declared | { readonly errors: Record<string, string> } {
  const title = input(values, BLOCKS.title);
  const severity = SEVERITIES.find((one) => one === input(values, BLOCKS.severity));
  if (title === null) return { errors: { [BLOCKS.title]: 'Say in a few words what is wrong.' } };
  if (severity === undefined) return { errors: { [BLOCKS.severity]: 'Pick one; it can be changed later.' } };
  return {
    title,
    severity,
    service: input(values, BLOCKS.service),
    isPrivate: inputs(values, BLOCKS.visibility).includes('private'),
  };
}
