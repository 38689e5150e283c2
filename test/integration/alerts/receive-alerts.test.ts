import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NormalisedAlert } from '../../../src/alerts/model.ts';
import { receiveAlerts } from '../../../src/alerts/receive-alerts.ts';
import type { Received } from '../../../src/alerts/receive-alerts.ts';
import { createFeature } from '../../harness/feature.ts';
import type { Feature, FeatureDeps } from '../../harness/feature.ts';

let feature: Feature;
beforeAll(async () => {
  feature = await createFeature();
});
afterAll(() => feature.close());

const T0 = new Date('2026-11-22T00:00:00Z');

function alert(
  name: string,
  over: Partial<NormalisedAlert> = {},
  labels: Record<string, string> = {},
): NormalisedAlert {
  return {
    fingerprint: `${name}-${JSON.stringify(labels)}`,
    status: 'firing',
    name,
    summary: `${name} happened`,
    startsAt: T0,
    endsAt: null,
    labels: new Map(
      Object.entries({ alertname: name, severity: 'critical', service: 'checkout', ...labels }),
    ),
    annotations: new Map(),
    url: null,
    ...over,
  };
}

function send(alerts: readonly NormalisedAlert[], deps: FeatureDeps = feature.deps): Promise<Received> {
  return receiveAlerts(deps, { source: 'generic', rawBody: Buffer.from('{}'), alerts });
}

const logOf = async (number: number): Promise<string[]> => {
  const answer = await feature.deps.db.query<{ kind: string }>(
    'select l.kind from log l join incidents i on i.id = l.incident_id where i.number = $1 order by l.seq',
    [number],
  );
  return answer.rows.map((row) => row.kind);
};

async function only(received: Promise<Received>): Promise<{ number: number; opened: boolean }> {
  const { incidents } = await received;
  expect(incidents).toHaveLength(1);
  return incidents[0] ?? { number: -1, opened: false };
}

describe('one group', () => {
  test('opens one incident with severity, service, deadline and job, and says why', async () => {
    const { number, opened } = await only(send([alert('Opens')]));
    expect(opened).toBe(true);
    const { rows } = await feature.deps.db.query('select * from incidents where number = $1', [number]);
    expect(rows[0]).toMatchObject({
      severity: 'P1',
      service: 'checkout',
      status: 'investigating',
      slug: 'opens-happened',
    });
    expect(rows[0]?.['started_at']).toEqual(T0);
    expect(rows[0]?.['route_reason']).toContain('critical');
    const jobs = await feature.jobs();
    expect(jobs).toContainEqual(
      expect.objectContaining({ job: 'announce-incident', payload: { incidentId: rows[0]?.['id'] } }),
    );
    const due = await feature.deps.db.query(
      'select extract(epoch from due_at - app.now())::int as seconds from deadlines where key = $1',
      [rows[0]?.['id']],
    );
    expect(Number(due.rows[0]?.['seconds'])).toBeGreaterThan(14 * 60);
    expect(await logOf(number)).toEqual(['incident.opened']);
  });

  test('a repeat changes nothing: no log row, no version, no job', async () => {
    const first = await only(send([alert('Repeats')]));
    const version = async () =>
      (await feature.deps.db.query('select version from incidents where number = $1', [first.number]))
        .rows[0];
    const before = [await version(), (await feature.log()).length, (await feature.jobs()).length];
    expect(await only(send([alert('Repeats')]))).toEqual({ number: first.number, opened: false });
    expect([await version(), (await feature.log()).length, (await feature.jobs()).length]).toEqual(before);
  });

  test('another alert of the group joins; resolved marks; all resolved is said once; repeats change nothing', async () => {
    const a = alert('Group', {}, { instance: 'a' });
    const b = alert('Group', {}, { instance: 'b' });
    const { number } = await only(send([a]));
    expect(await only(send([a, b]))).toEqual({ number, opened: false });
    await send([{ ...a, status: 'resolved', endsAt: new Date('2026-11-22T00:01:00Z') }]);
    expect(await logOf(number)).toEqual(['incident.opened', 'alert.joined', 'alert.resolved']);
    await send([{ ...b, status: 'resolved' }]);
    await send([{ ...b, status: 'resolved' }]);
    await send([{ ...a, status: 'resolved' }]);
    expect(await logOf(number)).toEqual([
      'incident.opened',
      'alert.joined',
      'alert.resolved',
      'alert.resolved',
      'alerts.all_resolved',
    ]);
  });

  test('firing again with a new start joins the open incident', async () => {
    const first = await only(send([alert('Again')]));
    await send([alert('Again', { status: 'resolved', endsAt: new Date('2026-11-22T00:05:00Z') })]);
    const again = await only(send([alert('Again', { startsAt: new Date('2026-11-22T00:10:00Z') })]));
    expect(again).toEqual({ number: first.number, opened: false });
    expect(await logOf(first.number)).toContain('alert.joined');
  });

  test('firing again with the same start, after the sender forgot it, fires again', async () => {
    const first = await only(send([alert('Forgot')]));
    await send([alert('Forgot', { status: 'resolved' })]);
    expect(await only(send([alert('Forgot')]))).toEqual({ number: first.number, opened: false });
    expect((await logOf(first.number)).at(-1)).toBe('alert.fired_again');
  });

  test('a late "resolved" of an earlier firing does not end the newer one', async () => {
    const { number } = await only(send([alert('Late', { startsAt: new Date('2026-11-22T01:00:00Z') })]));
    await send([alert('Late', { status: 'resolved', endsAt: new Date('2026-11-22T00:30:00Z') })]);
    expect(await logOf(number)).toEqual(['incident.opened']);
  });

  test('an alert that fires after its incident was resolved opens a new one', async () => {
    const first = await only(send([alert('Reopens')]));
    await feature.deps.db.query(`update incidents set status = 'resolved' where number = $1`, [first.number]);
    const second = await only(send([alert('Reopens', { startsAt: new Date('2026-11-22T03:00:00Z') })]));
    expect(second.opened).toBe(true);
    expect(second.number).toBeGreaterThan(first.number);
  });

  test('resolved for something never seen is accepted and opens nothing', async () => {
    const received = await send([alert('NeverSeen', { status: 'resolved' })]);
    expect(received).toEqual({ accepted: 1, incidents: [] });
  });

  test('a worse alert raises the incident it joins', async () => {
    const { number } = await only(send([alert('ThingDown', {}, { service: 'toggle' })]));
    await feature.deps.db.query(`update incidents set severity = 'P2' where number = $1`, [number]);
    await send([alert('ThingDown', {}, { service: 'toggle', instance: 'other' })]);
    const { rows } = await feature.deps.db.query('select severity from incidents where number = $1', [
      number,
    ]);
    expect(rows[0]).toEqual({ severity: 'P0' });
    expect(await logOf(number)).toEqual(['incident.opened', 'alert.joined', 'incident.severity_raised']);
  });

  test('a worse alert calls nobody later than before', async () => {
    const { number } = await only(send([alert('SoonDown', {}, { service: 'toggle' })]));
    const incident = `(select id from incidents where number = ${number})`;
    await feature.deps.db.query(`update incidents set severity = 'P2' where number = $1`, [number]);
    await feature.deps.db.query(
      `update deadlines set due_at = app.now() + interval '1 minute' where key = ${incident}`,
    );
    await send([alert('SoonDown', {}, { service: 'toggle', instance: 'other' })]);
    const due = await feature.deps.db.query(
      `select from deadlines where key = ${incident} and due_at <= app.now() + interval '1 minute'`,
    );
    expect(due.rowCount).toBe(1);
  });
});

test('alerts of one payload in different groups open one incident each', async () => {
  const received = await send([
    alert('Many1', {}, { service: 'checkout' }),
    alert('Many1', {}, { service: 'payments' }),
    alert('Many2', {}, { service: 'payments' }),
    alert('Many2', {}, { service: 'payments', instance: 'b' }),
  ]);
  expect(received.accepted).toBe(4);
  expect(received.incidents).toHaveLength(3);
});

test('an alert that no route takes opens an incident without a service', async () => {
  const { number } = await only(send([alert('Stray', { labels: new Map([['alertname', 'Stray']]) })]));
  const { rows } = await feature.deps.db.query(
    'select severity, service, route_reason from incidents where number = $1',
    [number],
  );
  expect(rows[0]).toMatchObject({ severity: 'P2', service: null });
  expect(rows[0]?.['route_reason']).toContain('catch-all');
});

test('40 senders of one new key on two replicas open one incident', async () => {
  const other = feature.replica();
  const before = await counter();
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) => send([alert('Race')], index % 2 === 0 ? feature.deps : other)),
  );
  const numbers = new Set(answers.flatMap((answer) => answer.incidents.map((one) => one.number)));
  expect(numbers.size).toBe(1);
  expect(answers.filter((answer) => answer.incidents[0]?.opened === true)).toHaveLength(1);
  expect(await counter()).toBe(before + 1);
});

test('200 keys from 8 senders: one incident each, no number burnt, payloads in any order never deadlock', async () => {
  const other = feature.replica();
  const before = await counter();
  const keys = Array.from({ length: 200 }, (_, index) => alert(`Key${index}`));
  const batches = Array.from({ length: 20 }, (_, index) => keys.slice(index * 10, index * 10 + 10));
  await Promise.all(
    Array.from({ length: 8 }, async (_, sender) => {
      const deps = sender % 2 === 0 ? feature.deps : other;
      const mine = sender < 4 ? batches : batches.map((batch) => batch.toReversed()).toReversed();
      for (const batch of mine) await send(batch, deps);
    }),
  );
  const { rows } = await feature.deps.db.query<{ count: number }>(
    `select count(*)::int as count from incidents where title like 'Key%'`,
  );
  expect(rows[0]?.count).toBe(200);
  expect(await counter()).toBe(before + 200);
});

async function counter(): Promise<number> {
  const { rows } = await feature.deps.db.query<{ value: string }>(
    `select value from counters where name = 'incident'`,
  );
  return Number(rows[0]?.value);
}
