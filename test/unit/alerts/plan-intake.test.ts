import { expect, test } from 'vitest';
import type { NormalisedAlert, RoutedAlert } from '../../../src/alerts/model.ts';
import { planIntake } from '../../../src/alerts/plan-intake.ts';
import type { KnownFiring, OpenIncident } from '../../../src/alerts/plan-intake.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 22, 0, minute));
const NOW = at(60);

function routed(over: Partial<NormalisedAlert> = {}, groupKey = 'g'): RoutedAlert {
  return {
    alert: {
      fingerprint: 'f',
      status: 'firing',
      name: 'A',
      summary: null,
      startsAt: at(1),
      endsAt: null,
      labels: new Map(),
      annotations: new Map(),
      url: null,
      ...over,
    },
    decision: { route: 'r', severity: 'P1', service: null, isPrivate: false, groupKey, reason: 'because' },
  };
}

const known = (over: Partial<KnownFiring> = {}): KnownFiring => ({
  id: 'a1',
  fingerprint: 'f',
  startsAt: at(1),
  firing: true,
  incidentId: 'i1',
  incidentNumber: 1,
  incidentOpen: true,
  ...over,
});
const incident: OpenIncident = { id: 'i1', number: 1, groupKey: 'g' };

const plan = (alerts: RoutedAlert[], some: KnownFiring[] = [], open: OpenIncident[] = [incident]) =>
  planIntake({ alerts, known: some, open, now: NOW });

test('new in a group without an open incident opens; in one with an open incident joins', () => {
  expect([...plan([routed()], [], []).opens.keys()]).toEqual(['g']);
  expect([...plan([routed()]).joins.keys()]).toEqual(['i1']);
});

test('two new alerts of one group open one incident', () => {
  const { opens } = plan([routed(), routed({ fingerprint: 'f2' })], [], []);
  expect(opens.get('g')).toHaveLength(2);
});

test('the same firing, an older start, or no start while it fires is a repeat', () => {
  for (const startsAt of [at(1), at(0), null]) {
    const repeat = plan([routed({ startsAt })], [known()]);
    expect(repeat.repeats).toEqual(['a1']);
    expect(repeat.opens.size + repeat.joins.size + repeat.ends.length).toBe(0);
  }
});

test('a newer start joins and ends the firing it replaces, without telling anybody', () => {
  const newer = plan([routed({ startsAt: at(5) })], [known()]);
  expect(newer.joins.get('i1')?.[0]?.startsAt).toEqual(at(5));
  expect(newer.ends).toEqual([{ id: 'a1', incidentId: 'i1', endsAt: at(5), told: false }]);
});

test('an alert that an open incident knows stays there when its route changed', () => {
  const moved = plan([routed({ startsAt: at(5) }, 'other')], [known()], []);
  expect([...moved.joins.keys()]).toEqual(['i1']);
  expect(moved.opens.size).toBe(0);
});

test('a firing that outlives its resolved incident opens a new one', () => {
  const outlived = plan([routed()], [known({ incidentOpen: false })], []);
  expect([...outlived.opens.keys()]).toEqual(['g']);
});

test('the same start again after "resolved" fires again', () => {
  expect(plan([routed()], [known({ firing: false })]).refires).toEqual([{ id: 'a1', incidentId: 'i1' }]);
});

test('resolved ends what began by then, in whatever incident, and nothing newer', () => {
  const rows = [
    known(),
    known({ id: 'a2', startsAt: at(2), incidentId: 'i0', incidentOpen: false }),
    known({ id: 'a3', startsAt: at(9) }),
  ];
  const ended = plan([routed({ status: 'resolved', endsAt: at(3) })], rows);
  expect(ended.ends.map((end) => end.id)).toEqual(['a1', 'a2']);
});

test('an end before the start or in the future is no negative and no endless duration', () => {
  const end = (endsAt: Date | null) =>
    plan([routed({ status: 'resolved', endsAt })], [known()]).ends[0]?.endsAt;
  expect(end(at(0))).toEqual(at(1));
  expect(end(new Date('2099-01-01'))).toEqual(NOW);
  expect(end(null)).toEqual(NOW);
});

test('resolved again, or for something unknown, changes nothing', () => {
  const nothing = plan([routed({ status: 'resolved' })], [known({ firing: false })]);
  expect([nothing.ends.length, nothing.opens.size, nothing.joins.size]).toEqual([0, 0, 0]);
});

test('of one series in one payload the newest start counts, and at one start "resolved"', () => {
  const both = plan([routed(), routed({ status: 'resolved', endsAt: at(2) })], [known()]);
  expect(both.ends).toHaveLength(1);
  const again = plan([routed({ status: 'resolved', endsAt: at(2) }), routed({ startsAt: at(4) })], [known()]);
  expect(again.joins.get('i1')).toHaveLength(1);
});
