import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { breakGlass } from '../../../src/approvals/break-glass.ts';
import { confirmApproval } from '../../../src/approvals/confirm-approval.ts';
import { decideApproval } from '../../../src/approvals/decide-approval.ts';
import { expireApproval } from '../../../src/approvals/expire-approval.ts';
import { postApproval } from '../../../src/approvals/post-approval.ts';
import { ANSWER_PAGE } from '../../../src/approvals/tell-requester.ts';
import { CodedError } from '../../../src/errors.ts';
import type { Execution } from '../../../src/executions/model.ts';
import type { Severity } from '../../../src/incidents/model.ts';
import { chatStub } from '../../harness/feature.ts';
import { POLICY, refusal, startApprovalWorld } from './approval-world.ts';
import type { ApprovalWorld } from './approval-world.ts';

// What was looked at a moment ago is not so any more: the world moves on while Slack is asked who is in a group.
let world: ApprovalWorld;
let meanwhile: (() => Promise<unknown>) | undefined;

beforeAll(async () => {
  world = await startApprovalWorld();
});
afterEach(() => {
  meanwhile = undefined;
});
afterAll(() => world.close());

/** At P0 Max alone decides, and nobody breaks glass. */
function deps() {
  const strict = { ...POLICY, name: 'p0', approvers: ['max'], breakGlass: [] };
  const atP0 = { ...strict, match: { ...POLICY.match, severities: ['P0' as const] } };
  const readGroup = world.deps.directory.groupMembers;
  return {
    ...world.deps,
    config: { ...world.deps.config, policies: [atP0, POLICY] },
    directory: {
      ...world.deps.directory,
      groupMembers: async (id: string) => {
        const members = await readGroup(id);
        await meanwhile?.();
        return members;
      },
    },
  };
}

function nowAt(asked: Execution, severity: Severity): () => Promise<unknown> {
  return () =>
    world.deps.db.query('update incidents set severity = $2 where id = $1', [asked.incidentId, severity]);
}

describe('the severity changes while a click is on its way', () => {
  it.each(['approve', 'deny'] as const)('to %s: the policy of now decides', async (verdict) => {
    const asked = await world.ask();
    meanwhile = nowAt(asked, 'P0');
    const click = decideApproval(deps(), {
      executionId: asked.id,
      planHash: asked.planHash ?? '',
      person: world.person('U0MIRA'),
      verdict,
      reason: 'no',
    });
    expect(await refusal(click)).toContain('Only max');
    expect(await world.state(asked.id)).toBe('awaiting-approval');
    expect(await world.votes(asked.id)).toBe(0);
    expect(await world.kinds(asked)).toEqual(['approval.refused']);
  });

  it.each([
    ['P3', 'Breaking glass is for P0 and P1'],
    ['P0', 'You are not on the list'],
  ] as const)('to break glass: at %s it is refused', async (severity, sentence) => {
    const asked = await world.ask();
    meanwhile = nowAt(asked, severity);
    const person = world.person('U0BEN');
    const line = 'it gets worse by the minute';
    const broken = breakGlass(deps(), {
      executionId: asked.id,
      person,
      reasonCode: 'getting-worse',
      line,
    });
    expect(await refusal(broken)).toContain(sentence);
    expect(await world.state(asked.id)).toBe('awaiting-approval');
    expect(await world.jobs('execute-action', asked.id)).toBe(0);
    expect(await world.kinds(asked)).toEqual(['break-glass.refused']);
  });
});

describe('a request comes to its end', () => {
  it('also when no policy is about it any more', async () => {
    const asked = await world.ask();
    await world.feature.moveClock(16);
    const { db, enqueue } = world.deps;
    await expireApproval({ db, enqueue }, { executionId: asked.id });
    expect(await world.state(asked.id)).toBe('expired');
  });

  it('and tells nobody that it expired when it was approved in the last moment', async () => {
    const asked = await world.ask();
    await world.feature.moveClock(16);
    let expiring: Promise<void> | undefined;
    await world.deps.db.transaction(async (tx) => {
      await tx.query(`update executions set state = 'approved', approved_at = app.now() where id = $1`, [
        asked.id,
      ]);
      expiring = expireApproval({ ...world.deps, ...world.feature.replica() }, { executionId: asked.id });
      await waiting(1);
    });
    await expiring;
    expect(await world.state(asked.id)).toBe('approved');
    expect(await world.surfacePages(asked.id)).not.toContain(ANSWER_PAGE);
    expect(await world.kinds(asked)).toEqual([]);
  });

  it('and is not asked about after that', async () => {
    const asked = await world.ask();
    meanwhile = undefined;
    const chat = chatStub({
      invite: async () => {
        await world.deps.db.query(`update executions set state = 'cancelled' where id = $1`, [asked.id]);
      },
    });
    await postApproval({ ...world.deps, chat }, { executionId: asked.id });
    expect(await world.surfacePages(asked.id)).toEqual([]);
    const timers = await world.deps.db.query(
      `select from deadlines where key = $1 and job = 'escalate-approval'`,
      [asked.id],
    );
    expect(timers.rowCount).toBe(0);
  });
});

it('asks in the channel although nobody can be invited to it', async () => {
  const asked = await world.ask();
  const chat = chatStub({
    invite: async () => {
      throw new CodedError('config', 'Slack refuses this.', { details: { slack: 'restricted_action' } });
    },
  });
  await postApproval({ ...world.deps, chat }, { executionId: asked.id });
  expect(await world.surfacePages(asked.id)).toEqual([0]);
});

it('knows the requester again who got a name in people.yml since', async () => {
  const asked = await world.ask({ requester: { teamId: 'T1', userId: 'U0MIRA', personId: 'T1/U0MIRA' } });
  const click = decideApproval(world.deps, {
    executionId: asked.id,
    planHash: asked.planHash ?? '',
    person: world.person('U0MIRA'),
    verdict: 'approve',
    reason: null,
  });
  expect(await refusal(click)).toContain('somebody else has to decide');
  expect((await confirmApproval(world.deps, asked)).ok).toBe(false);
});

it('names nobody in what the log keeps for ever', async () => {
  const asked = await world.ask();
  const by = (userId: string): Promise<string> =>
    decideApproval(world.deps, {
      executionId: asked.id,
      planHash: asked.planHash ?? '',
      person: world.person(userId),
      verdict: 'approve',
      reason: null,
    });
  expect(await refusal(by('U0BEN'))).toContain('mira');
  expect(await by('U0MIRA')).toContain('Approved');
  const rows = (await world.feature.log()).filter((row) => row.incident_id === asked.incidentId);
  expect(rows.map(({ kind }) => kind)).toEqual(['approval.refused', 'action.approved']);
  expect(JSON.stringify(rows)).not.toContain('mira');
});

/** Until so many sessions of this database wait for a lock. */
async function waiting(count: number): Promise<void> {
  for (;;) {
    const answer = await world.deps.db.query<{ n: number }>(
      `select count(distinct pid)::int as n from pg_locks where not granted
         and pid in (select pid from pg_stat_activity where datname = current_database())`,
    );
    if ((answer.rows[0]?.n ?? 0) >= count) return;
  }
}

describe('the incident is resolved while a request waits', () => {
  const resolve = (asked: Execution): Promise<unknown> =>
    world.deps.db.query(`update incidents set status = 'resolved', resolved_at = app.now() where id = $1`, [
      asked.incidentId,
    ]);

  it('neither an approval nor broken glass runs anything; a denial may still be said', async () => {
    const asked = await world.ask();
    await resolve(asked);
    const vote = { executionId: asked.id, planHash: asked.planHash ?? '', person: world.person('U0MIRA') };
    const approval = decideApproval(world.deps, { ...vote, verdict: 'approve', reason: null });
    expect(await refusal(approval)).toContain('The incident is over');
    const glass = breakGlass(world.deps, {
      executionId: asked.id,
      person: world.person('U0BEN'),
      reasonCode: 'no-approver',
      line: 'nobody answers',
    });
    expect(await refusal(glass)).toContain('The incident is over');
    expect(await world.state(asked.id)).toBe('awaiting-approval');
    await decideApproval(world.deps, { ...vote, verdict: 'deny', reason: 'it is over' });
    expect(await world.state(asked.id)).toBe('denied');
  });
});
