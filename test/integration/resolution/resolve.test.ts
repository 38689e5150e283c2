import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiveAlerts } from '../../../src/alerts/receive-alerts.ts';
import { getIncident } from '../../../src/incidents/store.ts';
import { verifyLog } from '../../../src/log/verify-log.ts';
import { readBlockers, resolveIncident } from '../../../src/resolution/resolve-incident.ts';
import type { ResolveInput } from '../../../src/resolution/resolve-incident.ts';
import { getResolution, listFollowUps } from '../../../src/resolution/store.ts';
import { refusal, startApprovalWorld } from '../approvals/approval-world.ts';
import type { ApprovalWorld } from '../approvals/approval-world.ts';

let world: ApprovalWorld;

beforeAll(async () => {
  world = await startApprovalWorld();
});
afterAll(async () => {
  await world.close();
});

/** An incident whose one action is over: nothing blocks. */
async function calm(severity: 'P0' | 'P2' = 'P0'): Promise<string> {
  const { id, incidentId } = await world.ask({ severity });
  await world.deps.db.query(`update executions set state = 'succeeded' where id = $1`, [id]);
  return incidentId;
}

function resolve(incidentId: string, over: Partial<ResolveInput> = {}, deps = world.deps): Promise<string> {
  return resolveIncident(deps, {
    incidentId,
    person: world.person('U0ANA'),
    words: {
      impact: 'Nobody could pay',
      usersAffected: 'all',
      rootCause: null,
      followUps: [
        { action: 'Bound the cache', owner: { teamId: 'T1', userId: 'U0MIRA' }, dueOn: '2026-02-28' },
        { action: 'Alert on memory', owner: null, dueOn: null },
      ],
    },
    overrideReason: null,
    ...over,
  });
}

const rows = async (incidentId: string): Promise<readonly string[]> =>
  (await world.feature.log()).filter((row) => row.incident_id === incidentId).map((row) => row.kind);
const rcaJobs = async (incidentId: string): Promise<number> =>
  (await world.feature.jobs()).filter(
    (job) => job.job === 'post-rca' && job.payload['incidentId'] === incidentId,
  ).length;

describe('resolving', () => {
  it('records what was said, stops the clock, announces it and hands on the RCA', async () => {
    const id = await calm();
    await world.deps.db.query(
      `insert into deadlines (job, key, payload, due_at) values ('acknowledge-overdue', $1, '{}', app.now())`,
      [id],
    );
    expect(await resolve(id)).toContain('is resolved. The RCA follows here.');
    const incident = await getIncident(world.deps.db, id);
    expect(incident).toMatchObject({ status: 'resolved' });
    expect(incident?.resolvedAt).toEqual(incident?.mitigatedAt);
    expect(await getResolution(world.deps.db, id)).toMatchObject({
      impact: 'Nobody could pay',
      usersAffected: 'all',
      rootCause: null,
      resolvedBy: { teamId: 'T1', userId: 'U0ANA' },
      overrideReason: null,
    });
    expect(await listFollowUps(world.deps.db, id)).toMatchObject([
      { action: 'Bound the cache', owner: { userId: 'U0MIRA' }, dueOn: '2026-02-28', status: 'open' },
      { action: 'Alert on memory', owner: null, dueOn: null, status: 'open' },
    ]);
    const deadlines = await world.deps.db.query('select from deadlines where key = $1', [id]);
    expect(deadlines.rowCount).toBe(0);
    const surfaces = await world.deps.db.query<{ channel_id: string }>(
      `select channel_id from surfaces where kind = 'resolution' and subject = $1`,
      [id],
    );
    expect(surfaces.rows).toEqual([{ channel_id: 'C0INCIDENTS' }]);
    expect([await rows(id), await rcaJobs(id)]).toEqual([['incident.resolved'], 1]);
  });

  it('happens once: twice in a row, and by four at once on two replicas, 10 times', async () => {
    const other = world.feature.replica();
    for (let round = 0; round < 10; round += 1) {
      const id = await calm();
      const told = await Promise.all([
        resolve(id),
        resolve(id),
        resolve(id, {}, other),
        resolve(id, {}, other),
      ]);
      expect(told.filter((text) => text.includes('is resolved. The RCA'))).toHaveLength(1);
      expect(told.filter((text) => text.endsWith('is resolved already.'))).toHaveLength(3);
      expect(await resolve(id)).toContain('already');
      expect(await listFollowUps(world.deps.db, id)).toHaveLength(2);
      expect([await rows(id), await rcaJobs(id)]).toEqual([['incident.resolved'], 1]);
    }
  });

  it('calls the document of a P2 a short note, and keeps a private incident out of the incidents channel', async () => {
    const id = await calm('P2');
    await world.deps.db.query('update incidents set is_private = true where id = $1', [id]);
    expect(await resolve(id)).toContain('The short note follows here.');
    const surfaces = await world.deps.db.query(
      `select from surfaces where kind = 'resolution' and subject = $1`,
      [id],
    );
    expect(surfaces.rowCount).toBe(0);
  });

  it('leaves nothing behind when it cannot be written down', async () => {
    const id = await calm();
    const words = { impact: 'x', usersAffected: null, rootCause: null };
    const followUps = [{ action: 'y', owner: null, dueOn: 'never' }];
    await expect(resolve(id, { words: { ...words, followUps } })).rejects.toMatchObject({ code: 'internal' });
    expect((await getIncident(world.deps.db, id))?.status).toBe('investigating');
    expect([await rows(id), await rcaJobs(id)]).toEqual([[], 0]);
  });
});

describe('what stands against it', () => {
  it('is named, and only a reason gets past it; the reason is kept', async () => {
    const { incidentId: id } = await world.ask();
    expect(await readBlockers(world.deps.db, id)).toEqual([
      { what: 'Restart checkout (prod) is waiting for approval' },
    ]);
    expect(await refusal(resolve(id))).toContain('Restart checkout (prod) is waiting for approval');
    expect((await getIncident(world.deps.db, id))?.status).toBe('investigating');
    expect(await rows(id)).toEqual([]);
    await resolve(id, { overrideReason: 'it is not needed any more' });
    expect((await getIncident(world.deps.db, id))?.status).toBe('resolved');
    expect((await getResolution(world.deps.db, id))?.overrideReason).toBe('it is not needed any more');
    const row = (await world.feature.log()).find((one) => one.incident_id === id);
    expect(row?.data).toMatchObject({ overridden: 1, followUps: 2, rootCauseKnown: false });
  });

  it('is an alert that still fires', async () => {
    const alert = {
      fingerprint: 'f-firing',
      status: 'firing' as const,
      name: 'HighErrorRate',
      summary: null,
      startsAt: null,
      endsAt: null,
      labels: new Map([
        ['alertname', 'HighErrorRate'],
        ['service', 'payments'],
      ]),
      annotations: new Map<string, string>(),
      url: null,
    };
    await receiveAlerts(world.deps, { source: 'generic', rawBody: Buffer.from('{}'), alerts: [alert] });
    const found = await world.deps.db.query<{ incident_id: string }>(
      `select incident_id from alerts where fingerprint = 'f-firing'`,
    );
    const id = found.rows[0]?.incident_id ?? '';
    expect(await readBlockers(world.deps.db, id)).toEqual([{ what: 'the alert HighErrorRate still fires' }]);
    expect(await refusal(resolve(id))).toContain('HighErrorRate still fires');
  });

  it('keeps no reason when nothing was in the way', async () => {
    const id = await calm();
    await resolve(id, { overrideReason: 'just in case' });
    expect((await getResolution(world.deps.db, id))?.overrideReason).toBeNull();
  });
});

it('leaves a whole log behind', async () => {
  const verdict = await verifyLog(world.deps.db);
  expect(verdict.problems).toEqual([]);
  expect(verdict.rows).toBeGreaterThan(10);
});
