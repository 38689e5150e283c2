import type { KnownBlock, ModalView } from '@slack/types';
import type { DraftAnswer, LockHolder } from '../../executions/draft-action.ts';
import { STATE_WORDS } from '../../executions/transition.ts';
import { incidentName } from '../../incidents/model.ts';
import { dateToken, escapeText, LIMITS, mention, truncate, visibleText } from '../text.ts';
import { EXECUTION_ACTIONS } from './execution-card.ts';
import { executionTitle, planSections } from './execution-words.ts';
import { paramInputs } from './param-inputs.ts';

export const REQUEST_VIEW = 'execution.request';
export const PARAMS_VIEW = 'execution.params';
export const REQUEST_REASON = 'reason';
export const CHOOSE_SERVICE = 'execution.choose-service';
export const CHOOSE_ACTION = 'execution.choose-action';

export interface ActionChoice {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
}

/** Asks which action, where there are several. `id` is the incident's. */
export function chooseActionModal(id: string, actions: readonly ActionChoice[]): ModalView {
  return modal(
    id,
    'Run an action',
    actions.map(({ id: actionId, title, summary }) => ({
      type: 'section',
      text: { type: 'mrkdwn', text: escapeText(summary) },
      accessory: {
        type: 'button',
        text: { type: 'plain_text', text: truncate(visibleText(title), LIMITS.button) },
        action_id: CHOOSE_ACTION,
        value: actionId,
      },
    })),
  );
}

export interface ServiceChoice {
  readonly id: string;
  readonly name: string;
}

/** Opens at once, while the cluster is asked. `id` is the draft's, and all that the modal carries. */
export function readingModal(id: string, verb: string): ModalView {
  return modal(id, verb, [section(':hourglass_flowing_sand: Reading the cluster…')]);
}

/** What the cluster said: the plan to send, or why there is none and what can be done instead. */
export function draftModal(answer: DraftAnswer, verb: string, services: readonly ServiceChoice[]): ModalView {
  const { id } = answer.execution;
  switch (answer.kind) {
    case 'planned':
      return planModal(answer, verb);
    case 'needs-service':
      return modal(id, verb, [chooseService(verb, services)]);
    case 'needs-params':
      return paramsModal(answer, verb);
    case 'refused':
      return modal(id, verb, [section(`:no_entry: ${escapeText(answer.reason)}`)]);
    case 'locked':
      return modal(id, verb, [section(`:lock: ${lockSentence(answer.lock)}`)]);
    case 'unseen':
      return modal(id, verb, [
        section(
          `:warning: ${escapeText(answer.reason)}\nTocsin cannot plan this, so it cannot ask for it. You can do it by hand with your own access, and say so here: timeline and RCA will have it.`,
        ),
        commandBlock(answer.command),
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              text: { type: 'plain_text', text: 'Done by hand…' },
              action_id: EXECUTION_ACTIONS.byHand,
            },
          ],
        },
      ]);
  }
}

/** When even that failed. */
export function troubleModal(id: string, verb: string, sentence: string): ModalView {
  return modal(id, verb, [section(`:warning: ${escapeText(sentence)}`)]);
}

/** Who holds a target, for what, and since when. */
export function lockSentence({ execution, incident }: LockHolder): string {
  const what = escapeText(executionTitle(execution, execution.action));
  return `Somebody is at it already: *${what}*, asked by ${mention(execution.requestedBy)} for ${incidentName(incident)} ${dateToken(execution.requestedAt, 'ago')}, is ${STATE_WORDS[execution.state]}. One at a time.`;
}

/** A command to copy, exactly as it is. */
export function commandBlock(command: string): KnownBlock {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: visibleText(command) }] }],
  };
}

/** Asks for the parameters of the action, by the schema that it declares. */
function paramsModal(
  { execution, paramsSchema }: Extract<DraftAnswer, { kind: 'needs-params' }>,
  verb: string,
): ModalView {
  return {
    ...modal(execution.id, verb, paramInputs(paramsSchema, execution.params)),
    callback_id: PARAMS_VIEW,
    submit: { type: 'plain_text', text: 'Show the plan' },
  };
}

function planModal({ execution }: Extract<DraftAnswer, { kind: 'planned' }>, verb: string): ModalView {
  const { plan } = execution;
  const title = executionTitle(execution, verb);
  return {
    ...modal(execution.id, verb, [
      section(`*${escapeText(title)}*`),
      ...(plan === null ? [] : planSections(plan).map(section)),
      {
        type: 'input',
        block_id: REQUEST_REASON,
        label: { type: 'plain_text', text: 'Why, in one line' },
        element: {
          type: 'plain_text_input',
          action_id: REQUEST_REASON,
          min_length: 3,
          max_length: 200,
          placeholder: { type: 'plain_text', text: 'What the approver needs to know' },
        },
      },
    ]),
    submit: { type: 'plain_text', text: 'Ask for approval' },
  };
}

function chooseService(verb: string, services: readonly ServiceChoice[]): KnownBlock {
  return {
    type: 'section',
    block_id: CHOOSE_SERVICE,
    text: { type: 'mrkdwn', text: `Nobody has said which service this incident is about. ${verb} which?` },
    accessory: {
      type: 'static_select',
      action_id: CHOOSE_SERVICE,
      placeholder: { type: 'plain_text', text: 'Service' },
      // Slack takes 100 options; more services than that are named in the command.
      options: services.slice(0, 100).map(({ id, name }) => ({
        text: { type: 'plain_text', text: truncate(visibleText(name), LIMITS.option) },
        value: id,
      })),
    },
  };
}

function modal(id: string, verb: string, blocks: readonly KnownBlock[]): ModalView {
  return {
    type: 'modal',
    callback_id: REQUEST_VIEW,
    private_metadata: id,
    title: { type: 'plain_text', text: truncate(verb, LIMITS.modalTitle) },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [...blocks],
  };
}

function section(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: truncate(text, LIMITS.section) } };
}
