import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cancelExecution } from '../../../src/executions/cancel-execution.ts';
import { observeDraft } from '../../../src/executions/draft-action.ts';
import { markByHand } from '../../../src/executions/mark-by-hand.ts';
import { requestAction } from '../../../src/executions/request-action.ts';
import { listExecutions } from '../../../src/executions/store.ts';
import { CodedError } from '../../../src/errors.ts';
import { ANA, BEN, MIRA, startActionWorld } from './action-world.ts';
import type { ActionWorld } from './action-world.ts';

let world: ActionWorld;

beforeAll(async () => {
  world = await startActionWorld();
});
afterEach(() => world.settle());
afterAll(() => world.close());

const away = (): void => world.arm({ kind: 'status', code: 503 }, { verb: 'GET', times: -1 });

async function lastLog() {
  return (await world.feature.log()).at(-1);
}

describe('with the cluster out of reach', () => {
  it('says so, gives the command, and takes "done by hand" for timeline and RCA', async () => {
    const incidentId = await world.incident();
    const draft = await world.draft(ANA, incidentId);
    away();
    const answer = await observeDraft(world.deps, draft.id);
    expect(answer).toMatchObject({
      kind: 'unseen',
      reason: 'The cluster sandbox answered 503.',
      command: 'kubectl --namespace exalt-shared rollout restart deployment/user-profile-service',
    });
    expect(await listExecutions(world.deps.db, incidentId)).toEqual([]);
    await markByHand(world.deps, { executionId: draft.id, person: ANA, note: 'from my laptop' });
    await markByHand(world.deps, { executionId: draft.id, person: ANA, note: 'from my laptop' });
    expect(await listExecutions(world.deps.db, incidentId)).toMatchObject([
      {
        state: 'by-hand',
        mode: 'by-hand',
        outcome: 'Done by hand: from my laptop',
        endedBy: { userId: 'U0ANA' },
      },
    ]);
    const rows = (await world.feature.log()).filter((row) => row.incident_id === incidentId);
    expect(rows.map(({ kind }) => kind)).toEqual(['action.done-by-hand']);
  });

  it('is not asked for without a plan', async () => {
    const draft = await world.draft(ANA);
    away();
    const sent = await requestAction(world.deps, { executionId: draft.id, person: ANA, reason: null });
    expect(sent).toMatchObject({ kind: 'look-again', draft: { kind: 'unseen' } });
  });

  it('is tried again after its approval until the minute is over, then it expires', async () => {
    const { id } = await world.approved();
    away();
    await expect(world.run(id)).rejects.toSatisfy((error) => error instanceof CodedError && error.retryable);
    expect((await world.state(id)).state).toBe('approved');
    await world.feature.moveClock(2);
    expect(await world.run(id)).toMatchObject({ state: 'expired' });
    world.cluster.world.faults.clear();
    expect(await markByHand(world.deps, { executionId: id, person: BEN, note: 'did it' })).toMatchObject({
      state: 'by-hand',
    });
  });
});

describe('what cannot be', () => {
  it('done by hand while it runs: it says what is going on', async () => {
    const { id } = await world.approved();
    await world.deps.db.query(
      `update executions set state = 'verifying', started_at = app.now() where id = $1`,
      [id],
    );
    await expect(markByHand(world.deps, { executionId: id, person: ANA, note: 'x' })).rejects.toMatchObject({
      userMessage: 'It is being verified, so it cannot become done by hand.',
    });
    await world.deps.db.query(`update executions set state = 'failed' where id = $1`, [id]);
  });

  it('taken back by somebody else; whoever asked may, once', async () => {
    const { id } = await world.approved();
    await expect(cancelExecution(world.deps, { executionId: id, person: BEN })).rejects.toMatchObject({
      code: 'not_allowed',
    });
    expect(await lastLog()).toMatchObject({ kind: 'action.refused', data: { why: 'may not cancel' } });
    await cancelExecution(world.deps, { executionId: id, person: ANA });
    const rows = (await world.feature.log()).length;
    await cancelExecution(world.deps, { executionId: id, person: ANA });
    expect((await world.feature.log()).length).toBe(rows);
    // The job of the approval still comes.
    expect(await world.run(id)).toMatchObject({ state: 'cancelled' });
  });

  it('sent or changed by somebody who did not open it, and sent twice', async () => {
    const draft = await world.draft(ANA);
    await observeDraft(world.deps, draft.id);
    const send = { executionId: draft.id, person: ANA, reason: 'once' };
    await expect(requestAction(world.deps, { ...send, person: MIRA })).rejects.toMatchObject({
      code: 'not_allowed',
    });
    expect(await requestAction(world.deps, send)).toMatchObject({ kind: 'asked' });
    const rows = (await world.feature.log()).length;
    expect(await requestAction(world.deps, send)).toMatchObject({ kind: 'asked' });
    expect((await world.feature.log()).length).toBe(rows);
    await cancelExecution(world.deps, { executionId: draft.id, person: ANA });
  });

  it('asked for by somebody whom the policy does not list, or where no policy says who approves', async () => {
    const draft = await world.draft(ANA);
    await observeDraft(world.deps, draft.id);
    const send = { executionId: draft.id, person: ANA, reason: null };
    const [policy] = world.deps.config.policies;
    if (policy === undefined) throw new Error('no policy');
    const withPolicies = (policies: readonly (typeof policy)[]) => ({
      ...world.deps,
      config: { ...world.deps.config, policies },
    });
    await expect(
      requestAction(withPolicies([{ ...policy, requesters: ['ben'] }]), send),
    ).rejects.toMatchObject({
      code: 'not_allowed',
      userMessage: 'Policy "production" lets only ben ask for this.',
    });
    expect(await lastLog()).toMatchObject({ kind: 'action.refused', data: { why: 'not a requester' } });
    await expect(requestAction(withPolicies([]), send)).rejects.toMatchObject({ code: 'not_allowed' });
  });

  it('asked for from a plan that is old: the target is looked at again first', async () => {
    const draft = await world.draft(ANA);
    await observeDraft(world.deps, draft.id);
    await world.feature.moveClock(2);
    await world.operate({ op: 'set-image', image: `exalt/user-profile-service:2.6.${Date.now()}` });
    const send = { executionId: draft.id, person: ANA, reason: null };
    const again = await requestAction(world.deps, send);
    expect(again).toMatchObject({ kind: 'look-again', draft: { kind: 'planned' } });
    // Seen now, so it can be sent.
    expect(await requestAction(world.deps, send)).toMatchObject({ kind: 'asked' });
    await cancelExecution(world.deps, { executionId: draft.id, person: ANA });
  });
});
