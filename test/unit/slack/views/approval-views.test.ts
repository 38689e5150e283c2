import type { KnownBlock } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { blockProblems, exceedsTextSum } from '../../../../sandbox/slack/blocks/validate-blocks.ts';
import type { ApprovalPicture } from '../../../../src/approvals/read-approval.ts';
import type { Execution, ExecutionState, Plan } from '../../../../src/executions/model.ts';
import { EXECUTION_STATES } from '../../../../src/executions/model.ts';
import type { SlackMessage } from '../../../../src/slack/define-renderer.ts';
import {
  approvalCard,
  brokenGlass,
  buttonValue,
  deputiesCall,
  parseButtonValue,
} from '../../../../src/slack/views/approval-card.ts';
import { breakGlassModal } from '../../../../src/slack/views/break-glass-modal.ts';
import { denyModal } from '../../../../src/slack/views/deny-modal.ts';
import { execution, incident, MIRA, START } from '../../rca/facts.ts';

const MAX = { teamId: 'T1', userId: 'U0MAX' };
const HUGE = 'Restart <!channel> & <https://evil.example|checkout> *bold* @here `x`\n\n'
  .repeat(45)
  .slice(0, 3_000);
const nameOf = (personId: string): string => personId.charAt(0).toUpperCase() + personId.slice(1);

function picture(change: Partial<Execution> = {}, plan: Partial<Plan> = {}): ApprovalPicture {
  const base = execution({ state: 'awaiting-approval', approvedBy: [], ...change });
  return {
    execution: { ...base, plan: base.plan === null ? null : { ...base.plan, ...plan } },
    incident: { ...incident, status: 'investigating' },
    policyName: 'Changes to production',
    needed: 1,
    decision: {
      verdict: 'waiting',
      counted: [],
      notCounted: [],
      missing: 1,
      mayApprove: ['mira', 'max'],
      reasons: [],
    },
    votes: [],
    asked: [MIRA],
    deputies: [MAX],
    breakGlassOffered: true,
    breakGlass: {
      executionId: 'e1',
      incidentId: 'i1',
      person: { teamId: 'T1', userId: 'U0ANA', personId: 'ana' },
      reasonCode: 'no-approver',
      line: 'nobody answers',
      at: START,
      reviewedBy: null,
      reviewedAt: null,
    },
  };
}

const facts = Array.from({ length: 60 }, (_, index) => ({ name: `${index} ${HUGE}`, value: HUGE }));
const hostile = (state: ExecutionState): ApprovalPicture => {
  const many = Array.from({ length: 60 }, (_, index) => ({ teamId: 'T1', userId: `U0MANY${index}` }));
  const monstrous = picture(
    { state, reason: HUGE, outcome: HUGE, environment: 'prod' },
    {
      title: HUGE,
      warnings: Array.from({ length: 40 }, () => HUGE),
      before: facts,
      after: facts.toReversed(),
      blastRadius: HUGE,
      expectedOutage: HUGE,
      undo: HUGE,
      reversible: false,
    },
  );
  const use = monstrous.breakGlass;
  return {
    ...monstrous,
    policyName: HUGE,
    asked: many,
    deputies: many,
    decision: { ...monstrous.decision, mayApprove: many.map((user) => `${user.userId} ${HUGE}`) },
    breakGlass: use === null ? null : { ...use, line: HUGE },
  };
};

function check(message: SlackMessage): void {
  expect(blockProblems(message.blocks, 'message', '/blocks')).toEqual([]);
  expect(exceedsTextSum(message.blocks)).toBe(false);
  expect(message.text.length).toBeGreaterThan(20);
  expect(message.text.length).toBeLessThan(3_000);
  expect(message.text).toMatch(/[.!?]$/);
  expect([message.text, ...mrkdwn(message.blocks)].join('\n')).not.toMatch(/<!channel>|<!here>|<https?:/);
  expect(JSON.stringify(message)).not.toMatch(/undefined|\[object/);
}

/** All texts in which Slack would see tokens. */
function mrkdwn(node: unknown): readonly string[] {
  if (typeof node !== 'object' || node === null) return [];
  const isText = 'type' in node && node.type === 'mrkdwn' && 'text' in node && typeof node.text === 'string';
  return isText ? [String(node.text)] : Object.values(node).flatMap(mrkdwn);
}

const textOf = (blocks: readonly KnownBlock[]): string => JSON.stringify(blocks);
const hasButtons = (message: SlackMessage): boolean =>
  message.blocks.some((block) => block.type === 'actions');

describe('the approval card', () => {
  it('says what, where and whom in the first block, and offers approve, deny and break glass', () => {
    const card = approvalCard(picture(), nameOf);
    check(card);
    expect(textOf(card.blocks.slice(0, 1))).toContain(
      '*Approval needed: Restart checkout (prod)*\\n<@U0MIRA> please decide.',
    );
    const actions = card.blocks.find((block) => block.type === 'actions');
    expect(textOf(actions === undefined ? [] : [actions])).toContain('Approve restart of checkout (prod)');
    expect(textOf(card.blocks)).toContain('May decide: Mira, Max.');
    expect(card.text).toBe('Approval needed for INC-42: Restart checkout (prod).');
  });

  it('approves routine by one click, and asks once more where a warning or no way back speaks against it', () => {
    expect(textOf(approvalCard(picture(), nameOf).blocks)).not.toContain('"confirm"');
    expect(
      textOf(approvalCard(picture({}, { warnings: ['The image tag moves.'] }), nameOf).blocks),
    ).toContain('The image tag moves.');
    expect(textOf(approvalCard(picture({}, { reversible: false }), nameOf).blocks)).toContain(
      'It cannot be undone',
    );
  });

  it.each(EXECUTION_STATES)(
    'is valid when %s, also with the worst input, and has buttons only while waiting',
    (state) => {
      for (const one of [picture({ state }), hostile(state)]) {
        const card = approvalCard(one, nameOf);
        check(card);
        expect(hasButtons(card)).toBe(state === 'awaiting-approval');
        const call = deputiesCall(one);
        check(call);
        expect(hasButtons(call)).toBe(state === 'awaiting-approval');
      }
    },
  );

  it('carries the id and the hash and nothing else', () => {
    const value = buttonValue(picture());
    expect(parseButtonValue(value)).toEqual({ executionId: 'e1', planHash: 'a'.repeat(16) });
    expect(parseButtonValue('')).toEqual({ executionId: '', planHash: '' });
  });
});

describe('glass that was broken', () => {
  it('calls the managers, until it was reviewed', () => {
    const open = brokenGlass(picture({ state: 'running' }));
    const worst = brokenGlass(hostile('running'));
    const use = picture().breakGlass;
    const done = brokenGlass({
      ...picture(),
      breakGlass: use === null ? null : { ...use, reviewedBy: MIRA },
    });
    for (const message of [open, worst, done]) {
      expect(message).not.toBeNull();
      if (message !== null) check(message);
    }
    expect(textOf(open?.blocks ?? [])).toContain(
      '<@U0MIRA> <@U0MAX> a manager other than <@U0ANA> has to review',
    );
    expect(done !== null && hasButtons(done)).toBe(false);
    expect(brokenGlass({ ...picture(), breakGlass: null })).toBeNull();
  });
});

describe('the forms', () => {
  it.each([
    ['deny', denyModal],
    ['break glass', breakGlassModal],
  ])('%s is valid with the worst title', (_name, build) => {
    const view = build(`${'x'.repeat(22)}.${'a'.repeat(16)}`, HUGE);
    expect(blockProblems(view.blocks, 'modal', '/view/blocks')).toEqual([]);
    expect(view.title.text.length).toBeLessThanOrEqual(24);
    expect((view.private_metadata ?? '').length).toBeLessThan(3_000);
  });
});
