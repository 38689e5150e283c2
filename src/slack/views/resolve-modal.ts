import type { KnownBlock, ModalView } from '@slack/types';
import { incidentName } from '../../incidents/model.ts';
import type { Incident } from '../../incidents/model.ts';
import type { Blocker, NewFollowUp, ResolutionWords } from '../../resolution/model.ts';
import { input } from '../modal-values.ts';
import type { ModalValues } from '../modal-values.ts';
import { escapeText, truncate, visibleText } from '../text.ts';
import { headline, section } from './incident-lines.ts';

export const RESOLVE_CALLBACK = 'resolution.resolve';

const BLOCKS = {
  override: 'override',
  impact: 'impact',
  users: 'users-affected',
  cause: 'root-cause',
} as const;

/** What people can promise in a form; more are added to the document by hand. */
const FOLLOW_UPS = [1, 2, 3];
const SHOWN_BLOCKERS = 10;
/** Characters that the inputs take; Slack's own limit is 3,000. */
const LONG = 2_000;
const SHORT = 300;

export interface ResolveModalInput {
  readonly incident: Incident;
  readonly blockers: readonly Blocker[];
  /** What was typed already, when the form comes back. */
  readonly typed?: ResolveForm;
}

export interface ResolveForm {
  readonly words: ResolutionWords;
  readonly overrideReason: string | null;
}

/** The form that resolves. When something still stands against it, that is named, and only a reason gets past it. */
export function resolveModal({ incident, blockers, typed }: ResolveModalInput): ModalView {
  const words = typed?.words;
  return {
    type: 'modal',
    callback_id: RESOLVE_CALLBACK,
    private_metadata: incident.id,
    title: { type: 'plain_text', text: 'Resolve' },
    submit: { type: 'plain_text', text: `Resolve ${incidentName(incident)}` },
    close: { type: 'plain_text', text: 'Back' },
    blocks: [
      section(headline({ ...incident, title: truncate(visibleText(incident.title), SHORT) })),
      ...(blockers.length === 0 ? [] : override(blockers, typed?.overrideReason ?? null)),
      textInput(BLOCKS.impact, 'What did users notice?', { initial: words?.impact ?? null, max: LONG }),
      textInput(BLOCKS.users, 'Who and how many were affected?', {
        initial: words?.usersAffected ?? null,
        max: SHORT,
        optional: true,
      }),
      textInput(BLOCKS.cause, 'Root cause', {
        initial: words?.rootCause ?? null,
        max: LONG,
        optional: true,
        hint: 'Leave it empty when it is not known yet: the document then says that it is missing.',
      }),
      ...FOLLOW_UPS.flatMap((number) => followUpInputs(number, words?.followUps[number - 1])),
    ],
  };
}

/** What was typed, or what is wrong with it, by block. */
export function parseResolve(
  values: ModalValues,
  teamId: string,
): ResolveForm | { readonly errors: Record<string, string> } {
  const impact = input(values, BLOCKS.impact);
  const errors: Record<string, string> = {};
  if (impact === null) errors[BLOCKS.impact] = 'Say what users noticed; "nothing" is an answer.';
  const followUps = FOLLOW_UPS.flatMap((number) => readFollowUp(values, number, teamId, errors));
  if (impact === null || Object.keys(errors).length > 0) return { errors };
  return {
    words: {
      impact,
      usersAffected: input(values, BLOCKS.users),
      rootCause: input(values, BLOCKS.cause),
      followUps,
    },
    overrideReason: input(values, BLOCKS.override),
  };
}

function override(blockers: readonly Blocker[], initial: string | null): readonly KnownBlock[] {
  const lines = blockers
    .slice(0, SHOWN_BLOCKERS)
    .map((blocker) => `• ${escapeText(truncate(visibleText(blocker.what).replace(/\s+/g, ' '), 200))}`);
  const more = blockers.length > SHOWN_BLOCKERS ? [`…and ${blockers.length - SHOWN_BLOCKERS} more.`] : [];
  return [
    section([':warning: *This still speaks against it:*', ...lines, ...more].join('\n')),
    textInput(BLOCKS.override, 'Resolve all the same, because', { initial, max: SHORT }),
  ];
}

const followUpBlock = (number: number, part: 'action' | 'owner' | 'due'): string =>
  `follow-up-${number}-${part}`;

function followUpInputs(number: number, typed: NewFollowUp | undefined): readonly KnownBlock[] {
  const owner = typed?.owner?.userId;
  const due = typed?.dueOn ?? null;
  return [
    textInput(followUpBlock(number, 'action'), `Follow-up ${number}`, {
      initial: typed?.action ?? null,
      max: SHORT,
      optional: true,
    }),
    {
      type: 'input',
      block_id: followUpBlock(number, 'owner'),
      optional: true,
      label: { type: 'plain_text', text: `Who does follow-up ${number}?` },
      element: {
        type: 'users_select',
        action_id: 'select',
        ...(owner === undefined ? {} : { initial_user: owner }),
      },
    },
    {
      type: 'input',
      block_id: followUpBlock(number, 'due'),
      optional: true,
      label: { type: 'plain_text', text: `Follow-up ${number} is due` },
      element: { type: 'datepicker', action_id: 'date', ...(due === null ? {} : { initial_date: due }) },
    },
  ];
}

function readFollowUp(
  values: ModalValues,
  number: number,
  teamId: string,
  errors: Record<string, string>,
): readonly NewFollowUp[] {
  const action = input(values, followUpBlock(number, 'action'));
  const userId = input(values, followUpBlock(number, 'owner'));
  const dueOn = input(values, followUpBlock(number, 'due'));
  if (action === null) {
    if (userId !== null || dueOn !== null) {
      errors[followUpBlock(number, 'action')] = 'Say what is to be done, or clear who and when.';
    }
    return [];
  }
  if (dueOn !== null && !isDate(dueOn)) errors[followUpBlock(number, 'due')] = 'Pick a date.';
  if (userId !== null && !/^[UW][A-Z0-9]+$/.test(userId)) {
    errors[followUpBlock(number, 'owner')] = 'Pick a person.';
  }
  return [{ action, owner: userId === null ? null : { teamId, userId }, dueOn }];
}

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time);
}

interface TextInput {
  readonly initial: string | null;
  readonly max: number;
  readonly optional?: boolean;
  readonly hint?: string;
}

function textInput(blockId: string, label: string, options: TextInput): KnownBlock {
  const { initial, max, optional = false, hint } = options;
  return {
    type: 'input',
    block_id: blockId,
    optional,
    label: { type: 'plain_text', text: label },
    ...(hint === undefined ? {} : { hint: { type: 'plain_text', text: hint } }),
    element: {
      type: 'plain_text_input',
      action_id: 'text',
      multiline: max === LONG,
      max_length: max,
      ...(initial === null ? {} : { initial_value: initial }),
    },
  };
}
