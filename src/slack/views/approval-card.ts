import type { ActionsBlock, Button, KnownBlock } from '@slack/types';
import type { ApprovalPicture } from '../../approvals/read-approval.ts';
import { BREAK_GLASS_REASONS } from '../../approvals/model.ts';
import type { Fact, Plan } from '../../executions/model.ts';
import { STATE_WORDS } from '../../executions/transition.ts';
import { incidentName } from '../../incidents/model.ts';
import type { SlackMessage } from '../define-renderer.ts';
import { code, dateToken, escapeText, LIMITS, mention, truncate, visibleText } from '../text.ts';

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
  const heading = `*${escapeText(execution.environment)}: ${escapeText(plan.title)}*`;
  const state = waiting
    ? `${picture.asked.map(mention).join(' ')} please decide.`
    : `It is ${STATE_WORDS[execution.state]}.`;
  const blocks: KnownBlock[] = [
    section(`${heading}\n${state}`),
    ...plan.warnings.map((warning) => section(`:warning: ${escapeText(warning)}`)),
    section(whyNow(picture)),
    section(changes(plan)),
    section(consequences(plan)),
    ...(waiting ? [buttons(picture, plan)] : []),
    {
      type: 'context',
      elements: [{ type: 'mrkdwn', text: truncate(footer(picture, nameOf), LIMITS.contextElement) }],
    },
  ];
  const text = waiting
    ? `Approval needed for ${incidentName(incident)}: ${visibleText(plan.title)} (${execution.environment}).`
    : `${visibleText(plan.title)} (${execution.environment}) is ${STATE_WORDS[execution.state]}.`;
  return { text: escapeText(text), blocks };
}

/** A new post for the deputies, since an edit of the card notifies nobody. */
export function deputiesCall(picture: ApprovalPicture): SlackMessage {
  const title = escapeText(picture.execution.plan?.title ?? picture.execution.action);
  const waiting = picture.execution.state === 'awaiting-approval';
  const body = waiting
    ? `${picture.deputies.map(mention).join(' ')} nobody has decided for 3 minutes: *${title}*. Can you?`
    : `The deputies were asked about *${title}*. It is ${STATE_WORDS[picture.execution.state]}.`;
  const plan = picture.execution.plan;
  const blocks = [section(body), ...(waiting && plan !== null ? [buttons(picture, plan)] : [])];
  return {
    text: `Deputies: an approval is waiting for ${incidentName(picture.incident)}: ${title}.`,
    blocks,
  };
}

/** Tells the manager on call at once that somebody acted alone, and takes the review of another manager. */
export function brokenGlass(picture: ApprovalPicture): SlackMessage | null {
  const use = picture.breakGlass;
  if (use === null) return null;
  const title = escapeText(picture.execution.plan?.title ?? picture.execution.action);
  const told = [...picture.asked, ...picture.deputies].map(mention).join(' ');
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
  const line = execution.reason === null ? '' : `: ${escapeText(execution.reason)}`;
  return `*${incident.severity}* ${incidentName(incident)}, since ${dateToken(incident.startedAt, 'time')}, ${incident.status}.\nAsked by ${asker}${line}`;
}

function changes(plan: Plan): string {
  const after = new Map(plan.after.map((fact) => [fact.name, fact.value]));
  const rows = plan.before.map((fact) => change(fact, after.get(fact.name)));
  const added = plan.after.filter((fact) => !plan.before.some((old) => old.name === fact.name));
  return [
    '*Before → after*',
    ...rows,
    ...added.map((fact) => `• ${escapeText(fact.name)}: ${code(fact.value)}`),
  ].join('\n');
}

function change(fact: Fact, after: string | undefined): string {
  const name = escapeText(fact.name);
  if (after === undefined || after === fact.value) return `• ${name}: ${code(fact.value)} stays`;
  return `• ${name}: ${code(fact.value)} → ${code(after)}`;
}

function consequences(plan: Plan): string {
  const undo = plan.reversible ? escapeText(plan.undo) : `*Cannot be undone:* ${escapeText(plan.undo)}`;
  return `*Touches*: ${escapeText(plan.blastRadius)}\n*Users*: ${escapeText(plan.expectedOutage)}\n*Undo*: ${undo}`;
}

function buttons(picture: ApprovalPicture, plan: Plan): ActionsBlock {
  const value = buttonValue(picture);
  const approve: Button = {
    ...button(
      truncate(`Approve: ${visibleText(plan.title)}`, LIMITS.button),
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
    text: { type: 'plain_text', text: truncate(visibleText(reasons.join(' ')), 300) },
    confirm: { type: 'plain_text', text: 'Approve' },
    deny: { type: 'plain_text', text: 'Back' },
  };
}

function footer(picture: ApprovalPicture, nameOf: (personId: string) => string): string {
  const { execution, decision } = picture;
  if (execution.state !== 'awaiting-approval') {
    const by = execution.approvedBy.map(mention).join(', ');
    const outcome = execution.outcome === null ? '' : ` ${escapeText(execution.outcome)}`;
    return `${by === '' ? 'Nobody approved it.' : `Approved by ${by}.`}${outcome}`;
  }
  const may = decision.mayApprove.map((personId) => escapeText(nameOf(personId))).join(', ');
  const until = execution.expiresAt === null ? '' : `Expires ${dateToken(execution.expiresAt, 'time')}. `;
  const who =
    decision.verdict === 'cannot-know'
      ? decision.reasons.join(' ')
      : `May decide: ${may === '' ? 'nobody' : may}.`;
  return `${until}${escapeText(who)} Needs ${decision.missing}. Policy: ${escapeText(picture.policyName)}.`;
}

function section(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: truncate(text, LIMITS.section) } };
}

function button(text: string, actionId: string, value: string): Button {
  return { type: 'button', text: { type: 'plain_text', text }, action_id: actionId, value };
}
