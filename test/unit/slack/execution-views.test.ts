import { describe, expect, it } from 'vitest';
import { blockProblems } from '../../../sandbox/slack/blocks/validate-blocks.ts';
import restart from '../../../src/actions/restart.ts';
import type { DraftAnswer } from '../../../src/executions/draft-action.ts';
import { EXECUTION_STATES } from '../../../src/executions/model.ts';
import type { Execution } from '../../../src/executions/model.ts';
import type { Incident } from '../../../src/incidents/model.ts';
import { byHandModal } from '../../../src/slack/views/by-hand-modal.ts';
import { executionCard, progressLine } from '../../../src/slack/views/execution-card.ts';
import {
  chooseActionModal,
  draftModal,
  readingModal,
} from '../../../src/slack/views/request-action-modal.ts';
import { observation, observe } from '../executions/observation.ts';

const HOSTILE = '<!channel> <@U0EVIL> `tick` *bold* & <https://evil.example|click> \u202e'.repeat(40);

async function execution(over: Partial<Execution> = {}): Promise<Execution> {
  const answer = (await observe(restart, observation())).plan();
  return {
    id: 'e1',
    incidentId: 'i1',
    action: 'restart',
    params: {},
    target: 'kubernetes:east/shop/deployment/checkout',
    service: 'checkout',
    environment: 'prod',
    requestedBy: { teamId: 'T1', userId: 'U0ANA', personId: 'ana' },
    requestedAt: new Date('2026-11-22T03:00:00Z'),
    reason: 'it leaks',
    stepKey: null,
    playbookVersion: null,
    plan: answer.ok ? answer.plan : null,
    spec: {},
    observedAt: new Date('2026-11-22T03:00:00Z'),
    planHash: 'a'.repeat(64),
    state: 'awaiting-approval',
    mode: 'approval',
    expiresAt: new Date('2026-11-22T03:15:00Z'),
    approvedBy: [],
    approvedAt: null,
    startedAt: null,
    endedAt: null,
    endedBy: null,
    outcome: null,
    progress: null,
    observedAfter: null,
    supersedes: null,
    supersededBy: null,
    ...over,
  };
}

const card = (one: Execution, retired = false) => executionCard({ execution: one, verb: 'Restart', retired });

describe('the card of an execution', () => {
  it.each(EXECUTION_STATES)('is valid, says it first, and has a complete fallback: %s', async (state) => {
    const message = card(
      await execution({
        state,
        outcome: 'What came of it.',
        approvedBy: [{ teamId: 'T1', userId: 'U0MIRA', personId: 'mira' }],
        progress: { updated: 2, available: 2, desired: 3, text: '2 of 3 updated, 2 available' },
      }),
    );
    expect(blockProblems(message.blocks, 'message', '/blocks')).toEqual([]);
    expect(JSON.stringify(message.blocks[0])).toContain('Restart Checkout (prod)');
    expect(message.text).toMatch(/^Restart Checkout \(prod\) is .+\.$/);
  });

  it('offers what makes sense now, and nothing when a newer message stands for it', async () => {
    const buttons = async (state: Execution['state'], retired = false): Promise<readonly string[]> =>
      [
        ...JSON.stringify(card(await execution({ state }), retired).blocks).matchAll(
          /"action_id":"execution\.([a-z-]+)"/g,
        ),
      ].map((match) => match[1] ?? '');
    expect(await buttons('awaiting-approval')).toEqual(['copy', 'by-hand', 'cancel']);
    expect(await buttons('verifying')).toEqual(['copy']);
    expect(await buttons('expired')).toEqual(['ask-again', 'copy', 'by-hand']);
    expect(await buttons('denied')).toEqual([]);
    expect(await buttons('awaiting-approval', true)).toEqual([]);
  });

  it('shows how far it is', () => {
    expect(progressLine({ updated: 2, available: 1, desired: 3, text: '2 of 3 updated, 1 available' })).toBe(
      '▰▰▱ 2 of 3 updated, 1 available',
    );
    expect(progressLine({ updated: 0, available: 0, desired: 0, text: 'none' })).toBe('▱ none');
    expect(progressLine({ updated: 60, available: 0, desired: 120, text: 'half' })).toBe('▰▰▰▰▰▱▱▱▱▱ half');
  });

  it('lets nobody else’s text be markup', async () => {
    const plan = (await execution()).plan;
    if (plan === null) throw new Error('no plan');
    const message = card(
      await execution({
        reason: HOSTILE,
        outcome: HOSTILE,
        plan: {
          ...plan,
          title: HOSTILE,
          warnings: [HOSTILE],
          blastRadius: HOSTILE,
          before: [{ name: HOSTILE, value: HOSTILE }],
        },
      }),
    );
    const text = JSON.stringify(message);
    expect(text).not.toContain('<!channel>');
    expect(text).not.toContain('<@U0EVIL>');
    expect(text).not.toContain('<https://evil');
    expect(blockProblems(message.blocks, 'message', '/blocks')).toEqual([]);
  });
});

describe('the modal that asks for an action', () => {
  const incident = { number: 41, id: 'i1' } as Incident;
  const services = Array.from({ length: 150 }, (_, index) => ({ id: `s${index}`, name: 'n'.repeat(90) }));

  it.each(['planned', 'needs-service', 'needs-params', 'refused', 'unseen', 'locked'] as const)(
    'is valid: %s',
    async (kind) => {
      const one = await execution();
      const answers: Readonly<Record<DraftAnswer['kind'], DraftAnswer>> = {
        planned: { kind: 'planned', execution: one },
        'needs-service': { kind: 'needs-service', execution: one },
        'needs-params': {
          kind: 'needs-params',
          execution: one,
          parameter: 'replicas',
          reason: HOSTILE,
          paramsSchema: { properties: { replicas: { type: 'integer', title: HOSTILE } } },
        },
        refused: { kind: 'refused', execution: one, reason: HOSTILE },
        unseen: { kind: 'unseen', execution: one, reason: HOSTILE, command: 'kubectl rollout restart' },
        locked: { kind: 'locked', execution: one, lock: { execution: one, incident } },
      };
      const view = draftModal(answers[kind], 'Restart', services);
      expect(blockProblems(view.blocks, 'modal', '/blocks')).toEqual([]);
      expect(view.title.text.length).toBeLessThanOrEqual(24);
      expect(view.private_metadata).toBe('e1');
      expect(view.submit === undefined).toBe(kind !== 'planned' && kind !== 'needs-params');
    },
  );

  it('names who holds the target, for what, and since when', async () => {
    const one = await execution({ state: 'verifying' });
    const view = draftModal(
      { kind: 'locked', execution: one, lock: { execution: one, incident } },
      'Restart',
      [],
    );
    const text = JSON.stringify(view.blocks);
    for (const part of ['Restart Checkout (prod)', '<@U0ANA>', 'INC-41', '<!date^', 'being verified']) {
      expect(text).toContain(part);
    }
  });

  it('is valid before the cluster has answered, when actions are picked, and when it was done by hand', () => {
    for (const view of [
      readingModal('e1', 'Restart'),
      chooseActionModal('i1', [restart, { ...restart, id: 'other', title: HOSTILE }]),
      byHandModal('e1', HOSTILE),
    ]) {
      expect(blockProblems(view.blocks, 'modal', '/blocks')).toEqual([]);
    }
  });
});
