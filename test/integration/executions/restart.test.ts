import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Fault } from '../../../sandbox/faults.ts';
import { observeDraft } from '../../../src/executions/draft-action.ts';
import { requestAction } from '../../../src/executions/request-action.ts';
import { listExecutions } from '../../../src/executions/store.ts';
import { ANA, BEN, startActionWorld } from './action-world.ts';
import type { ActionWorld } from './action-world.ts';

let world: ActionWorld;

beforeAll(async () => {
  world = await startActionWorld();
});
afterEach(() => world.settle());
afterAll(() => world.close());

async function kinds(incidentId: string): Promise<readonly string[]> {
  return (await world.feature.log()).filter((row) => row.incident_id === incidentId).map((row) => row.kind);
}

describe('a restart, from request to verification', () => {
  it('runs once, as approved, and says how it ended', async () => {
    const incidentId = await world.incident();
    const generation = await world.generation();
    const approved = await world.approved(incidentId);
    expect(approved).toMatchObject({ state: 'approved', mode: 'approval', reason: 'it leaks' });
    expect((await world.feature.jobs()).map(({ job }) => job)).toEqual(
      expect.arrayContaining(['post-approval', 'execute-action', 'refresh-surface']),
    );
    const done = await world.run(approved.id);
    expect(done).toMatchObject({
      state: 'succeeded',
      outcome: 'The rollout is complete: 3 of 3 updated, 3 available.',
      progress: { updated: 3, available: 3, desired: 3 },
      observedAfter: { restartedAt: approved.approvedAt?.toISOString(), generation: generation + 1 },
    });
    expect(done.plan?.before).toContainEqual({ name: 'Image', value: 'exalt/user-profile-service:2.4.1' });
    expect(await world.generation()).toBe(generation + 1);
    expect(await kinds(incidentId)).toEqual([
      'action.requested',
      'action.approved',
      'action.started',
      'action.applied',
      'action.succeeded',
    ]);
    // The job once more, as a queue may deliver it: nothing happens.
    await world.run(approved.id);
    expect(await world.generation()).toBe(generation + 1);
  });

  const FAULTS: readonly (readonly [string, Fault, number])[] = [
    ['processed, then the connection was reset', { kind: 'processed_then_reset' }, 1],
    ['reset before it was processed', { kind: 'reset_before' }, 1],
    ['409 twice', { kind: 'status', code: 409 }, 2],
    ['500 twice', { kind: 'status', code: 500 }, 2],
    ['429', { kind: 'rate_limited', retry_after: 1 }, 1],
  ];
  it.each(FAULTS)('is applied exactly once when the cluster answers: %s', async (_name, fault, times) => {
    const generation = await world.generation();
    const { id } = await world.approved();
    world.arm(fault, { times });
    const before = world.effects().length;
    expect(await world.run(id)).toMatchObject({ state: 'succeeded' });
    expect(await world.generation()).toBe(generation + 1);
    expect(world.effects().length).toBe(before + 1);
  });

  it('fails, and says which right is missing, on 403', async () => {
    const generation = await world.generation();
    const { id } = await world.approved();
    world.arm({ kind: 'status', code: 403 });
    const failed = await world.run(id);
    expect(failed).toMatchObject({
      state: 'failed',
      outcome:
        "Nothing was done. Tocsin's account lacks the right to patch deployments in namespace exalt-shared of sandbox.",
    });
    expect(await world.generation()).toBe(generation);
  });
});

describe('a write without a clear answer', () => {
  it.each([
    ['it may have been done', 500, 'unknown', 'It may have been done: no clear answer within 60 s.'],
    ['it was refused for certain', 409, 'failed', 'Nothing was done within 60 s.'],
  ] as const)('is not tried for ever: %s', async (_name, code, state, words) => {
    const { id } = await world.approved();
    world.arm({ kind: 'status', code }, { times: -1 });
    const ended = world.run(id);
    await vi.waitFor(async () => expect((await world.state(id)).state).toBe('running'), 10_000);
    await world.feature.moveClock(2);
    expect(await ended).toMatchObject({ state, outcome: expect.stringContaining(words) });
  });

  it('ends, and lets go of the target, when it can never go on', async () => {
    const { id } = await world.approved();
    const config = { ...world.deps.config, services: new Map() };
    expect(await world.run(id, { ...world.deps, config })).toMatchObject({
      state: 'failed',
      outcome: expect.stringContaining('Nothing was done. No service is called profile.'),
    });
    expect(await observeDraft(world.deps, (await world.draft()).id)).toMatchObject({ kind: 'planned' });
  });
});

/** What goes wrong on the way, in any order. */
const TROUBLES: readonly ((world: ActionWorld) => void)[] = [
  () => {},
  (one) => one.arm({ kind: 'processed_then_reset' }),
  (one) => one.arm({ kind: 'reset_before' }),
  (one) => one.arm({ kind: 'status', code: 409 }, { times: 3 }),
  (one) => one.arm({ kind: 'status', code: 500 }),
  (one) => one.arm({ kind: 'rate_limited', retry_after: 1 }),
  (one) => one.arm({ kind: 'drop_watch' }, { verb: 'GET', times: 2 }),
  (one) => one.arm({ kind: 'watch_gone' }, { verb: 'GET', times: 2 }),
];

/** 200 runs in `npm run test:long` (TOCSIN_ROUNDS=20). */
const RUNS = 10 * Number(process.env['TOCSIN_ROUNDS'] ?? 1);

it(
  `is applied exactly once in each of ${RUNS} runs with trouble`,
  { timeout: 20_000 + 4_000 * RUNS },
  async () => {
    for (let run = 0; run < RUNS; run += 1) {
      const generation = await world.generation();
      const { id } = await world.approved();
      for (const trouble of [TROUBLES[run % 8], TROUBLES[(run * 5 + 3) % 8]]) trouble?.(world);
      expect(await world.run(id), `run ${run}`).toMatchObject({ state: 'succeeded' });
      expect(await world.generation(), `run ${run}`).toBe(generation + 1);
      await world.settle();
    }
  },
);

describe('what was approved is what runs', () => {
  it('holds through a hundred changes of status', async () => {
    const { id } = await world.approved();
    await world.operate({ op: 'touch-status', times: 100 });
    expect(await world.run(id)).toMatchObject({ state: 'succeeded' });
  });

  it('does not hold for another image: it ends with the difference and is asked again', async () => {
    const incidentId = await world.incident();
    const { id } = await world.approved(incidentId);
    const before = world.effects().length;
    await world.operate({ op: 'set-image', image: 'exalt/user-profile-service:2.4.2' });
    const superseded = await world.run(id);
    expect(superseded.state).toBe('superseded');
    expect(superseded.outcome).toContain(
      'images: user-profile-service=exalt/user-profile-service:2.4.1 → user-profile-service=exalt/user-profile-service:2.4.2',
    );
    expect(world.effects().length).toBe(before);
    const next = (await listExecutions(world.deps.db, incidentId)).at(-1);
    expect(next).toMatchObject({
      id: superseded.supersededBy,
      supersedes: id,
      state: 'awaiting-approval',
      reason: 'it leaks',
      requestedBy: ANA,
      approvedBy: [],
    });
    expect(next?.planHash).not.toBe(superseded.planHash);
    await world.deps.db.query(`update executions set state = 'cancelled' where id = $1`, [next?.id]);
  });

  it('must start within 60 s of its approval', async () => {
    const { id } = await world.approved();
    const before = world.effects().length;
    await world.feature.moveClock(2);
    expect(await world.run(id)).toMatchObject({ state: 'expired' });
    expect(world.effects().length).toBe(before);
  });

  it('does not run when whoever approved may not approve any more', async () => {
    const { id } = await world.approved();
    const [policy] = world.deps.config.policies;
    if (policy === undefined) throw new Error('no policy');
    const config = { ...world.deps.config, policies: [{ ...policy, approvers: ['max'] }] };
    expect(await world.run(id, { ...world.deps, config })).toMatchObject({ state: 'cancelled' });
  });
});

describe('one at a time', () => {
  it('locks the target before anyone is asked, and names the holder', async () => {
    const first = await world.draft(ANA);
    const second = await world.draft(BEN);
    await observeDraft(world.deps, first.id);
    await observeDraft(world.deps, second.id);
    const answers = await Promise.all([
      requestAction(world.deps, { executionId: first.id, person: ANA, reason: null }),
      requestAction(world.replica(), { executionId: second.id, person: BEN, reason: null }),
    ]);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['asked', 'look-again']);
    const asked = answers.find((answer) => answer.kind === 'asked');
    const refused = answers.find((answer) => answer.kind === 'look-again');
    expect(refused).toMatchObject({
      draft: { kind: 'locked', lock: { execution: { id: asked?.execution.id } } },
    });
    expect((await world.feature.log()).at(-1)).toMatchObject({
      kind: 'action.refused',
      data: { why: 'locked', holder: asked?.execution.id },
    });
    const third = await world.draft(BEN);
    expect(await observeDraft(world.deps, third.id)).toMatchObject({ kind: 'locked' });
    await world.deps.db.query(`update executions set state = 'cancelled' where id = $1`, [
      asked?.execution.id,
    ]);
  });
});
