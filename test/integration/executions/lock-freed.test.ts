import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { expireApproval } from '../../../src/approvals/expire-approval.ts';
import { postApproval } from '../../../src/approvals/post-approval.ts';
import { CodedError } from '../../../src/errors.ts';
import { observeDraft } from '../../../src/executions/draft-action.ts';
import type { Execution } from '../../../src/executions/model.ts';
import { requestAction } from '../../../src/executions/request-action.ts';
import { fireDueDeadlines } from '../../../src/queue/deadlines.ts';
import { chatStub } from '../../harness/feature.ts';
import { ANA, startActionWorld } from './action-world.ts';
import type { ActionDeps, ActionWorld } from './action-world.ts';

let world: ActionWorld;

beforeAll(async () => {
  world = await startActionWorld();
});
afterEach(() => world.settle());
afterAll(() => world.close());

async function asked(deps: ActionDeps = world.deps): Promise<Execution> {
  const draft = await world.draft(ANA);
  await observeDraft(world.deps, draft.id);
  const answer = await requestAction(deps, { executionId: draft.id, person: ANA, reason: 'it leaks' });
  if (answer.kind !== 'asked') throw new Error(`not asked: ${JSON.stringify(answer)}`);
  return answer.execution;
}

it('expires a request whose card could never be posted, so that the target can be asked for again', async () => {
  const { id } = await asked();
  const chat = chatStub({
    invite: async () => {
      throw new CodedError('unavailable', 'Slack does not answer right now.');
    },
  });
  const config = { ...world.deps.config, onCall: { responders: [], approvers: ['mira'], deputies: [] } };
  await expect(postApproval({ ...world.deps, chat, config }, { executionId: id })).rejects.toMatchObject({
    code: 'unavailable',
  });
  await world.feature.moveClock(15.1);
  await fireDueDeadlines(world.deps.db, world.deps.enqueue);
  const due = (await world.feature.jobs()).find(({ job }) => job === 'expire-approval');
  expect(due?.payload).toEqual({ executionId: id });
  await expireApproval(world.deps, { executionId: id });
  expect((await world.state(id)).state).toBe('expired');
  expect((await asked()).state).toBe('awaiting-approval');
  await world.deps.db.query(`update executions set state = 'cancelled' where state = 'awaiting-approval'`);
});

it('goes on at once when the clock of the database was set back while the lease was held', async () => {
  const { id } = await world.approved();
  await world.deps.db.query(
    `update executions set lease_owner = 'a replica that died', lease_until = app.now() + interval '1 hour' where id = $1`,
    [id],
  );
  expect(await world.run(id)).toMatchObject({ state: 'succeeded' });
});

it('asks nobody again in an incident that was resolved meanwhile', async () => {
  const { id, incidentId } = await world.approved();
  await world.operate({ op: 'set-image', image: 'registry.example/user-profile:2.0.0' });
  await world.deps.db.query(`update incidents set status = 'resolved' where id = $1`, [incidentId]);
  const ended = await world.run(id);
  expect(ended).toMatchObject({ state: 'superseded', supersededBy: null });
  expect(ended.outcome).toContain('The incident is over');
});

it('does not send a draft that changed, or whose incident ended, while its sender was looked at', async () => {
  const incidentId = await world.incident();
  const { id } = await world.draft(ANA, incidentId);
  await observeDraft(world.deps, id);
  const [policy] = world.deps.config.policies;
  if (policy === undefined) throw new Error('no policy');
  const meanwhile = async (sql: string): Promise<unknown> => {
    const directory = {
      ...world.deps.directory,
      groupMembers: async () => {
        await world.deps.db.query(sql);
        return ['U0ANA'];
      },
    };
    const config = { ...world.deps.config, policies: [{ ...policy, requesters: ['S0ALL'] }] };
    const sent = { executionId: id, person: ANA, reason: 'it leaks' };
    return requestAction({ ...world.deps, directory, config }, sent);
  };
  await expect(
    meanwhile(`update executions set spec = '{"generation": 99}' where id = '${id}'`),
  ).rejects.toMatchObject({ code: 'conflict' });
  await observeDraft(world.deps, id);
  await expect(
    meanwhile(`update incidents set status = 'resolved' where id = '${incidentId}'`),
  ).rejects.toMatchObject({ code: 'conflict', userMessage: expect.stringContaining('over') });
  expect((await world.state(id)).state).toBe('requested');
});

it('does not follow a rollout for ever, however often replicas take over', async () => {
  const { id } = await world.approved();
  await world.deps.db.query(
    `update executions set state = 'verifying', started_at = app.now() - interval '31 minutes' where id = $1`,
    [id],
  );
  world.arm({ kind: 'status', code: 503 }, { verb: 'GET', times: -1 });
  expect(await world.run(id)).toMatchObject({ state: 'unknown' });
});
