import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Fault } from '../../../sandbox/faults.ts';
import {
  at,
  call,
  PROFILE,
  rolledOut,
  type RunningCluster,
  startCluster,
  STRATEGIC,
} from './kubernetes-harness.ts';

let cluster: RunningCluster;

beforeAll(async () => {
  cluster = await startCluster();
  await rolledOut(cluster, PROFILE);
});

afterAll(() => cluster.stop());

function arm(fault: Fault, target = 'kubernetes:PATCH /apis/apps/v1/namespaces/exalt-shared'): void {
  cluster.world.faults.arm({ target, fault, times: 1 });
}

let marks = 0;
function mark() {
  marks += 1;
  return call(
    cluster,
    'PATCH',
    PROFILE,
    { spec: { template: { metadata: { annotations: { mark: String(marks) } } } } },
    STRATEGIC,
  );
}

const generation = async (): Promise<number> =>
  Number(at((await call(cluster, 'GET', PROFILE)).body, 'metadata', 'generation'));
const lastPatch = () => cluster.world.ledger.entries({ method: `PATCH ${PROFILE}` }).at(-1);

describe('a fault on PATCH', () => {
  it.each([
    [409, 'Conflict'],
    [500, 'InternalError'],
    [403, 'Forbidden'],
    [503, 'ServiceUnavailable'],
  ])('answers %i and changes nothing', async (code, reason) => {
    const before = await generation();
    arm({ kind: 'status', code });
    const answer = await mark();
    expect([answer.status, answer.body.kind, answer.body.reason]).toEqual([code, 'Status', reason]);
    expect(await generation()).toBe(before);
    expect(lastPatch()).toMatchObject({
      ok: false,
      effect: false,
      status: code,
      error: reason,
      fault: 'status',
    });
  });

  it('answers 429 with Retry-After', async () => {
    arm({ kind: 'rate_limited', retry_after: 3 });
    const answer = await mark();
    expect([answer.status, answer.headers.get('retry-after'), answer.body.reason]).toEqual([
      429,
      '3',
      'TooManyRequests',
    ]);
    expect(cluster.world.ledger.counts()[`PATCH ${PROFILE}`]?.rate_limited).toBe(1);
  });

  it('cuts the connection before anything is done', async () => {
    const before = await generation();
    arm({ kind: 'reset_before' });
    await expect(mark()).rejects.toThrow('fetch failed');
    arm({ kind: 'timeout_before', ms: 30 });
    await expect(mark()).rejects.toThrow('fetch failed');
    expect(await generation()).toBe(before);
    expect(lastPatch()).toMatchObject({ ok: false, effect: false, status: 0, fault: 'timeout_before' });
  });

  it('cuts the connection after the patch was applied: the ledger says effect', async () => {
    const before = await generation();
    arm({ kind: 'processed_then_reset' });
    await expect(mark()).rejects.toThrow('fetch failed');
    expect(await generation()).toBe(before + 1);
    expect(lastPatch()).toMatchObject({ ok: false, effect: true, status: 0, fault: 'processed_then_reset' });
  });

  it('answers slowly, and then as ever', async () => {
    arm({ kind: 'slow', ms: 40 });
    const start = performance.now();
    expect((await mark()).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThanOrEqual(39);
  });
});

it('a fault hits only what it names', async () => {
  arm({ kind: 'status', code: 500 }, 'kubernetes:PATCH /apis/apps/v1/namespaces/jivs-platform');
  expect((await mark()).status).toBe(200);
  expect((await call(cluster, 'GET', PROFILE)).status).toBe(200);
  cluster.world.faults.clear();
  cluster.world.faults.arm({
    target: 'kubernetes:*',
    match: { namespace: 'exalt-shared', name: 'user-profile-service' },
    fault: { kind: 'status', code: 500 },
    times: -1,
  });
  expect((await mark()).status).toBe(500);
  expect((await call(cluster, 'GET', '/apis/apps/v1/namespaces/exalt-shared/deployments')).status).toBe(200);
  cluster.world.faults.clear();
});
