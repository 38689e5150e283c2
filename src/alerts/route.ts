import { createHash } from 'node:crypto';
import type { Config, Route } from '../config/model.ts';
import type { Severity } from '../incidents/model.ts';
import { matchesGlob } from '../lib/glob.ts';
import type { NormalisedAlert, RouteDecision } from './model.ts';

/** Takes what no route of the team takes: an incident opens, and asks for its service when no label names one. */
const CATCH_ALL: Route = {
  name: 'catch-all',
  match: { labels: {} },
  severity: 'by-label',
  service: { label: 'service' },
  groupBy: ['alertname'],
  isPrivate: false,
};

/** "Critical" is P1: P0 is for a rule that says so, since one label means different things in different teams. */
const BY_LABEL: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'P1'],
  ['warning', 'P2'],
  ['info', 'P3'],
  ['p0', 'P0'],
  ['p1', 'P1'],
  ['p2', 'P2'],
  ['p3', 'P3'],
  // SEV1 to SEV4, as teams with four levels have them: system down, major, partial, minor.
  ['sev1', 'P0'],
  ['sev2', 'P1'],
  ['sev3', 'P2'],
  ['sev4', 'P3'],
]);

/** Where an alert belongs: the first route that matches, else the catch-all. Pure; says why in `reason`. */
export function routeAlert(
  config: Pick<Config, 'routes' | 'services'>,
  source: string,
  alert: NormalisedAlert,
): RouteDecision {
  const route = config.routes.find((candidate) => matches(candidate, source, alert)) ?? CATCH_ALL;
  const severity = severityOf(route, alert);
  const service = serviceOf(route, config.services, alert);
  return {
    route: route.name,
    severity: severity.value,
    service: service.value,
    isPrivate: route.isPrivate,
    groupKey: groupKeyOf(route, source, service.value, alert),
    reason: `Route “${route.name}”: ${severity.why}; ${service.why}.`,
  };
}

function matches(route: Route, source: string, alert: NormalisedAlert): boolean {
  if (route.match.source !== undefined && !matchesGlob(route.match.source, source)) return false;
  if (route.match.alert !== undefined && !matchesGlob(route.match.alert, alert.name)) return false;
  return Object.entries(route.match.labels).every(([label, pattern]) => {
    const value = alert.labels.get(label) ?? '';
    // "*" asks for a label that says something; only the empty pattern asks for one that does not.
    return value === '' ? pattern === '' : matchesGlob(pattern, value);
  });
}

interface Explained<T> {
  readonly value: T;
  readonly why: string;
}

function severityOf(route: Route, alert: NormalisedAlert): Explained<Severity> {
  if (route.severity !== 'by-label') return { value: route.severity, why: `it says ${route.severity}` };
  const label = alert.labels.get('severity');
  if (label === undefined) return { value: 'P2', why: 'the alert has no severity label, which counts as P2' };
  const known = BY_LABEL.get(label.trim().toLowerCase());
  if (known === undefined)
    return { value: 'P2', why: 'its severity label is none we know, which counts as P2' };
  return { value: known, why: `severity “${label.trim().toLowerCase()}” is ${known}` };
}

function serviceOf(
  route: Route,
  services: Config['services'],
  alert: NormalisedAlert,
): Explained<string | null> {
  if (route.service === null) return { value: null, why: 'it leaves the service open' };
  if ('id' in route.service) {
    return { value: route.service.id, why: `it names the service ${route.service.id}` };
  }
  const { label } = route.service;
  const value = alert.labels.get(label);
  if (value !== undefined && services.has(value)) {
    return { value, why: `label ${label} names the service ${value}` };
  }
  return { value: null, why: `label ${label} names no service we know` };
}

function groupKeyOf(route: Route, source: string, service: string | null, alert: NormalisedAlert): string {
  const values = [...route.groupBy].sort().map((label) => [label, alert.labels.get(label) ?? null]);
  return createHash('sha256')
    .update(JSON.stringify([source, service, values]))
    .digest('base64url');
}
