import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NormalisedAlert } from '../../../src/alerts/model.ts';
import { routeAlert } from '../../../src/alerts/route.ts';
import type { Route, Service } from '../../../src/config/model.ts';
import { matchesGlob } from '../../../src/lib/glob.ts';

const service = (id: string): Service => ({
  id,
  name: id,
  environment: 'prod',
  kubernetes: null,
  healthUrl: null,
  links: [],
});
const services = new Map(['checkout', 'profile'].map((id) => [id, service(id)]));

function alert(labels: Record<string, string>): NormalisedAlert {
  return {
    fingerprint: 'f',
    status: 'firing',
    name: labels['alertname'] ?? 'x',
    summary: null,
    startsAt: null,
    endsAt: null,
    labels: new Map(Object.entries(labels)),
    annotations: new Map(),
    url: null,
  };
}

const route = (over: Partial<Route>): Route => ({
  name: 'r',
  match: { labels: {} },
  severity: 'by-label',
  service: { label: 'service' },
  groupBy: [],
  isPrivate: false,
  ...over,
});

test.each([
  ['critical', 'P1'],
  ['CRITICAL', 'P1'],
  ['warning', 'P2'],
  ['info', 'P3'],
  ['p0', 'P0'],
  ['constructor', 'P2'],
  ['none', 'P2'],
])('by label, %s is %s', (severity, expected) => {
  expect(routeAlert({ routes: [], services }, 'generic', alert({ severity })).severity).toBe(expected);
});

test('critical becomes P0 only where a rule names P0; the first route that matches counts, and says so', () => {
  const routes = [
    route({ name: 'down', match: { alert: '*Down', labels: {} }, severity: 'P0' }),
    route({ name: 'profile', match: { labels: { job: 'profile*' } }, service: { id: 'profile' } }),
  ];
  const decide = (labels: Record<string, string>) =>
    routeAlert({ routes, services }, 'alertmanager', alert(labels));
  expect(decide({ alertname: 'ServiceDown', severity: 'critical' })).toMatchObject({
    route: 'down',
    severity: 'P0',
  });
  expect(decide({ alertname: 'HighErrorRate', severity: 'critical', job: 'profile-api' })).toMatchObject({
    route: 'profile',
    severity: 'P1',
    service: 'profile',
  });
  const stray = decide({ alertname: 'Stray' });
  expect(stray).toMatchObject({ route: 'catch-all', service: null });
  expect(stray.reason).toBe(
    'Route “catch-all”: the alert has no severity label, which counts as P2; label service names no service we know.',
  );
});

test('a route matches on source, name and labels together; a star needs a label that is there', () => {
  const routes = [
    route({ name: 'all', match: { source: 'alert*', alert: 'A*', labels: { team: 'x', env: '' } } }),
  ];
  const decide = (source: string, labels: Record<string, string>) =>
    routeAlert({ routes, services }, source, alert(labels)).route;
  expect(decide('alertmanager', { alertname: 'AB', team: 'x' })).toBe('all');
  expect(decide('generic', { alertname: 'AB', team: 'x' })).toBe('catch-all');
  expect(decide('alertmanager', { alertname: 'B', team: 'x' })).toBe('catch-all');
  expect(decide('alertmanager', { alertname: 'AB', team: 'x', env: 'prod' })).toBe('catch-all');
  const star = [route({ name: 'star', match: { labels: { service: '*' } } })];
  const withStar = (labels: Record<string, string>) =>
    routeAlert({ routes: star, services }, 's', alert(labels)).route;
  expect([withStar({}), withStar({ service: '' }), withStar({ service: 'x' })]).toEqual([
    'catch-all',
    'catch-all',
    'star',
  ]);
});

test('the group is source, service and the labels of the route, in any order; values never run together', () => {
  const key = (groupBy: readonly string[], labels: Record<string, string>, source = 's') =>
    routeAlert({ routes: [route({ groupBy })], services }, source, alert(labels)).groupKey;
  const labels = { service: 'checkout', a: '1', b: '2', other: 'x' };
  expect(key(['a', 'b'], labels)).toBe(key(['b', 'a'], { ...labels, other: 'y' }));
  expect(key(['a', 'b'], labels)).not.toBe(key(['a', 'b'], { ...labels, b: '3' }));
  expect(key(['a', 'b'], labels)).not.toBe(key(['a', 'b'], { ...labels, service: 'profile' }));
  expect(key(['a', 'b'], labels)).not.toBe(key(['a', 'b'], labels, 't'));
  expect(key(['a', 'b'], { a: '1","b', b: '' })).not.toBe(key(['a', 'b'], { a: '1', b: '","b' }));
  expect(key(['a'], {})).not.toBe(key(['a'], { a: '' }));
});

test('globs mean what a slow, obvious matcher says', () => {
  const small = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
  fc.assert(
    fc.property(small, text, (pattern, value) => {
      expect([pattern, value, matchesGlob(pattern, value)]).toEqual([
        pattern,
        value,
        slowGlob(pattern, value),
      ]);
    }),
    { numRuns: 5_000 },
  );
});

function slowGlob(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') {
    return slowGlob(pattern.slice(1), text) || (text !== '' && slowGlob(pattern, text.slice(1)));
  }
  return text !== '' && pattern[0] === text[0] && slowGlob(pattern.slice(1), text.slice(1));
}

test('1,000 hostile patterns on 10 KB take no time, and none is read as a regular expression', () => {
  const text = 'a'.repeat(10_240);
  const hostile = [
    '*a'.repeat(100) + 'b',
    '^(a+)+$',
    '*'.repeat(200) + 'b',
    'a*'.repeat(100) + '*b',
    `*${'a'.repeat(198)}b*`,
  ];
  const patterns = Array.from({ length: 1_000 }, (_, index) => `${hostile[index % hostile.length]}`);
  let slowest = 0;
  for (const pattern of patterns) {
    const started = process.cpuUsage();
    expect(matchesGlob(pattern, text)).toBe(false);
    slowest = Math.max(slowest, process.cpuUsage(started).user / 1_000);
  }
  // Milliseconds of CPU, since others use the machine; 20 is the promise, the slack is for a garbage collection.
  expect(slowest).toBeLessThan(40);
  expect(matchesGlob('.*', 'anything')).toBe(false);
});

test('1,000 rules decide about one alert within 5 ms', () => {
  const routes = Array.from({ length: 1_000 }, (_, index) =>
    route({
      name: `r${index}`,
      match: { alert: `*${index}*x*`, labels: { job: '*a*b*', team: `t${index}` } },
    }),
  );
  const labels = { alertname: 'a'.repeat(200), job: 'ab'.repeat(2_000), team: 't' };
  routeAlert({ routes, services }, 's', alert(labels));
  const started = process.cpuUsage();
  for (let run = 0; run < 10; run += 1) routeAlert({ routes, services }, 's', alert(labels));
  expect(process.cpuUsage(started).user / 10_000).toBeLessThan(5);
});
