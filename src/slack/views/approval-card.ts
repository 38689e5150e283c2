import type { ActionsBlock, Button, KnownBlock } from '@slack/types';
import type { ApprovalPicture } from '../../approvals/read-approval.ts';
import { BREAK_GLASS_REASONS } from '../../approvals/model.ts';
import type { Fact, Plan } from '../../executions/model.ts';
import { STATE_WORDS } from '../../executions/transition.ts';
import { incidentName } from '../../incidents/model.ts';
import type { SlackMessage } from '../define-renderer.ts';
import { code, dateToken, escapeText, LIMITS, mention, truncate, visibleText } from '../text.ts';
import { contextLine, section } from './incident-lines.ts';

export const APPROVAL_ACTIONS = {
  approve: 'approval.approve',
  deny: 'approval.deny',
  breakGlass: 'approval.break-glass',
  review: 'approval.review',
} as const;

/** The value of a button: the request and the plan that the person saw. 16 of 64 digits, checked against the row. */
export function buttonValue(picture: Pick<ApprovalPicture, 'execution'>): string {
  return `${picture.execution.id}.${(picture.execution.planHash ?? '').slice(0, 16)}`;
}

export function parseButtonValue(value: string): { readonly executionId: string; readonly planHash: string } {
  const [executionId = '', planHash = ''] = value.split('.');
  return { executionId, planHash };
}

/**
 * The card that asks for a decision. Read on a phone by somebody who was just woken: what and where first, then what
 * speaks against it, why now, before and after, and until when.
 */
export function approvalCard(picture: ApprovalPicture, nameOf: (personId: string) => string): SlackMessage {
  const { execution, incident } = picture;
  const plan = execution.plan;
  if (plan === null) throw new Error('an approval card needs a plan');
  const waiting = execution.state === 'awaiting-approval';
  const title = titleOf(picture);
  const heading = `*${waiting ? 'Approval needed: ' : ''}${escapeText(title)}*`;
  const asked = mentions(picture.asked);
  const state = waiting
    ? `${asked === '' ? 'Whoever may decide:' : asked} please decide.`
    : `It is ${STATE_WORDS[execution.state]}.`;
  const blocks: KnownBlock[] = [
    section(`${heading}\n${state}`),
    ...warnings(plan),
    section(whyNow(picture)),
    section(changes(plan)),
    section(consequences(plan)),
    ...(waiting ? [buttons(picture, plan)] : []),
    contextLine(footer(picture, nameOf)),
  ];
  const text = waiting
    ? `Approval needed for ${incidentName(incident)}: ${title}.`
    : `${title} is ${STATE_WORDS[execution.state]}.`;
  return { text: escapeText(text), blocks };
}

/** A new post for the deputies, since an edit of the card notifies nobody. */
export function deputiesCall(picture: ApprovalPicture): SlackMessage {
  const title = escapeText(titleOf(picture));
  const waiting = picture.execution.state === 'awaiting-approval';
  const body = waiting
    ? `${mentions(picture.deputies)} nobody has decided for 3 minutes: *${title}*. Can you?`
    : `The deputies were asked about *${title}*. It is ${STATE_WORDS[picture.execution.state]}.`;
  const plan = picture.execution.plan;
  const blocks = [section(body), ...(waiting && plan !== null ? [buttons(picture, plan)] : [])];
  const text = waiting
    ? `Deputies: an approval is waiting for ${incidentName(picture.incident)}: ${title}.`
    : `The deputies were asked about ${title}. It is ${STATE_WORDS[picture.execution.state]}.`;
  return { text, blocks };
}

/** Tells the manager on call at once that somebody acted alone, and takes the review of another manager. */
export function brokenGlass(picture: ApprovalPicture): SlackMessage | null {
  const use = picture.breakGlass;
  if (use === null) return null;
  const title = escapeText(titleOf(picture));
  const told = mentions([...picture.asked, ...picture.deputies]);
  const body = `:rotating_light: *Glass broken* by ${mention(use.person)}: *${title}*, without an approval.\n${BREAK_GLASS_REASONS[use.reasonCode]}: ${escapeText(use.line)}`;
  const review =
    use.reviewedBy === null
      ? `${told} a manager other than ${mention(use.person)} has to review this before ${incidentName(picture.incident)} can be closed.`
      : `Reviewed by ${mention(use.reviewedBy)}.`;
  const blocks: KnownBlock[] = [section(body), section(review)];
  if (use.reviewedBy === null) {
    const done: Button = button('Reviewed', APPROVAL_ACTIONS.review, buttonValue(picture));
    blocks.push({ type: 'actions', elements: [done] });
  }
  return { text: `Glass was broken in ${incidentName(picture.incident)}: ${title}.`, blocks };
}

function whyNow({ incident, execution }: ApprovalPicture): string {
  const asker = mention(execution.requestedBy);
  const line = execution.reason === null ? '' : `: ${escapeText(short(execution.reason, REASON))}`;
  return `*${incident.severity}* ${incidentName(incident)}, since ${dateToken(incident.startedAt, 'time')}, ${incident.status}.\nAsked by ${asker}${line}`;
}

function changes(plan: Plan): string {
  const after = new Map(plan.after.map((fact) => [fact.name, fact.value]));
  const rows = plan.before.map((fact) => change(fact, after.get(fact.name)));
  const added = plan.after.filter((fact) => !plan.before.some((old) => old.name === fact.name));
  return [
    '*Before → after*',
    ...[...rows, ...added.map((fact) => `• ${factName(fact)}: ${code(short(fact.value, VALUE))}`)].slice(
      0,
      FACTS,
    ),
  ].join('\n');
}

function change(fact: Fact, after: string | undefined): string {
  const before = code(short(fact.value, VALUE));
  if (after === undefined || after === fact.value) return `• ${factName(fact)}: ${before} stays`;
  return `• ${factName(fact)}: ${before} → ${code(short(after, VALUE))}`;
}

function factName(fact: Fact): string {
  return escapeText(short(fact.name, 60));
}

function consequences(plan: Plan): string {
  const [touches, users, undo] = [plan.blastRadius, plan.expectedOutage, plan.undo].map((text) =>
    escapeText(short(text, SENTENCE)),
  );
  const back = plan.reversible ? undo : `*Cannot be undone:* ${undo}`;
  return `*Touches*: ${touches}\n*Users*: ${users}\n*Undo*: ${back}`;
}

function buttons(picture: ApprovalPicture, plan: Plan): ActionsBlock {
  const value = buttonValue(picture);
  const approve: Button = {
    ...button(
      truncate(`Approve ${asNoun(titleOf(picture))}`, LIMITS.button),
      APPROVAL_ACTIONS.approve,
      value,
    ),
    style: 'primary',
    // Routine is one click; a warning, or what cannot be undone, asks once more and names it.
    ...(plan.warnings.length === 0 && plan.reversible ? {} : { confirm: confirmOf(plan) }),
  };
  const deny: Button = button('Deny…', APPROVAL_ACTIONS.deny, value);
  const glass: Button = { ...button('Break glass…', APPROVAL_ACTIONS.breakGlass, value), style: 'danger' };
  return { type: 'actions', elements: [approve, deny, ...(picture.breakGlassOffered ? [glass] : [])] };
}

function confirmOf(plan: Plan): NonNullable<Button['confirm']> {
  const reasons = [...plan.warnings, ...(plan.reversible ? [] : [`It cannot be undone: ${plan.undo}`])];
  return {
    title: { type: 'plain_text', text: 'Approve all the same?' },
    text: { type: 'plain_text', text: short(reasons.join(' '), 300) },
    confirm: { type: 'plain_text', text: 'Approve' },
    deny: { type: 'plain_text', text: 'Back' },
  };
}

function footer(picture: ApprovalPicture, nameOf: (personId: string) => string): string {
  const { execution, decision } = picture;
  if (execution.state !== 'awaiting-approval') {
    const by = execution.approvedBy.map(mention).join(', ');
    const outcome = execution.outcome === null ? '' : ` ${escapeText(short(execution.outcome, SENTENCE))}`;
    return `${by === '' ? 'Nobody approved it.' : `Approved by ${by}.`}${outcome}`;
  }
  const may = decision.mayApprove
    .slice(0, 20)
    .map((personId) => short(nameOf(personId), 60))
    .join(', ');
  const until = execution.expiresAt === null ? '' : `Expires ${dateToken(execution.expiresAt, 'time')}. `;
  const who =
    decision.verdict === 'cannot-know'
      ? decision.reasons.join(' ')
      : `May decide: ${may === '' ? 'nobody' : may}.`;
  return `${until}${escapeText(who)} Needs ${decision.missing}. Policy: ${escapeText(picture.policyName)}.`;
}

/** What a card takes of a plan, in characters and lines: more is in the request's own card, and nobody reads it here. */
const TITLE = 200;
const SENTENCE = 500;
const REASON = 300;
const VALUE = 100;
const FACTS = 12;
const WARNINGS = 8;

function warnings(plan: Plan): readonly KnownBlock[] {
  const shown = plan.warnings
    .slice(0, WARNINGS)
    .map((warning) => section(`:warning: ${escapeText(short(warning, SENTENCE))}`));
  const more = plan.warnings.length - shown.length;
  return more > 0 ? [...shown, section(`:warning: …and ${more} more warnings.`)] : shown;
}

/** What is asked for, with its environment: a plan's title names it, and where one does not, it is added. */
export function titleOf({ execution }: Pick<ApprovalPicture, 'execution'>): string {
  const { plan, action, environment } = execution;
  const title = plan === null ? action : short(plan.title, TITLE);
  return title.includes(`(${environment})`) ? title : `${title} (${environment})`;
}

/** Foreign text on one line and cut, before it is escaped. */
function short(text: string, length: number): string {
  return truncate(visibleText(text).replace(/\s+/g, ' '), length);
}

/** What a button approves, as a noun: "Restart checkout (prod)" is approved as "restart of checkout (prod)". */
const NOUNS: readonly (readonly [verb: string, noun: string])[] = [
  ['Restart ', 'restart of '],
  ['Roll back ', 'rollback of '],
  ['Scale ', 'scaling of '],
];

function asNoun(title: string): string {
  const found = NOUNS.find(([verb]) => title.startsWith(verb));
  return found === undefined ? `“${title}”` : `${found[1]}${title.slice(found[0].length)}`;
}

/** As many people as a message should call. */
function mentions(users: ApprovalPicture['asked']): string {
  return users.slice(0, 10).map(mention).join(' ');
}

function button(text: string, actionId: string, value: string): Button {
  return { type: 'button', text: { type: 'plain_text', text }, action_id: actionId, value };
}
