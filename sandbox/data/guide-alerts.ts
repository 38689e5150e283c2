import { createHash } from 'node:crypto';

type Labels = { alertname: string; severity: string; job: string; service: string; namespace: string };

export type GuideAlert = {
  id: string;
  title: string;
  /** The operations guide that describes it. */
  guide: string;
  labels: Labels;
  annotations: { summary: string; description: string };
};

type Guide = { guide: string; job: string; service: string; namespace: string };
type Row = [alertname: string, severity: string, summary: string, description: string];

const USER_PROFILE: Guide = {
  guide: 'User Profile Service',
  job: 'user-profile-service',
  service: 'user-profile-service',
  namespace: 'exalt-shared',
};
const FITTRACKER: Guide = { guide: 'FitTracker Pro', job: 'user-service', service: 'user-service', namespace: 'fittracker' };
const INTEGRATION: Guide = {
  guide: 'Integration Deployment',
  job: 'integration-deployment',
  service: 'integration-deployment',
  namespace: 'integration-deployment',
};
const PROFILE_API: Guide = { guide: 'Profile API', job: 'profile-api', service: 'profile-api', namespace: 'profile-api' };
const JIVS: Guide = { guide: 'JiVS Platform', job: 'jivs-backend', service: 'jivs-backend', namespace: 'jivs-platform' };

/** The alerts that the five operations guides name; thresholds are theirs. */
export const GUIDE_ALERTS: readonly GuideAlert[] = [
  ...rows('user-profile', USER_PROFILE, [
    ['UserProfileServiceDown', 'critical', 'No instance of the User Profile Service answers', 'Scrapes have failed for a minute.'],
    ['HighErrorRate', 'warning', 'The User Profile Service answers with errors', 'More than 0.1 server errors a second over five minutes.'],
    ['HighResponseTime', 'warning', 'The User Profile Service is slow', 'Its 95th percentile has been above 2 s for five minutes.'],
    ['HighMemoryUsage', 'warning', 'The User Profile Service runs out of heap', 'More than 85% of the heap has been in use for five minutes.'],
    ['DatabaseConnectionPoolExhaustion', 'critical', 'Hardly any database connections are left', 'More than 90% of the connection pool has been in use for two minutes.'],
    ['RedisConnectionFailure', 'critical', 'The cache cannot be reached', 'Redis has had no connected clients for a minute.'],
  ]),
  ...rows('fittracker', FITTRACKER, [
    ['ServiceDown', 'critical', 'user-service does not answer', 'Scrapes have failed for a minute.'],
    ['HighErrorRate', 'critical', 'user-service answers with errors', 'More than 5% of its answers have been errors for five minutes.'],
    ['HighMemoryUsage', 'warning', 'user-service runs out of heap', 'More than 90% of the heap has been in use for five minutes.'],
  ]),
  ...rows('integration', INTEGRATION, [
    ['HighResponseTime', 'warning', 'Deployment workflows are slow', 'Requests have taken more than 5 s on average for five minutes.'],
    ['HighErrorRate', 'critical', 'Deployment workflows fail', 'More than 0.1 server errors a second over five minutes.'],
    ['DatabaseConnectionsHigh', 'warning', 'Database connections come near their limit', 'More than 80 connections have been open for five minutes.'],
  ]),
  ...rows('profile-api', PROFILE_API, [
    ['HighResponseTime', 'critical', 'The Profile API is slow', 'Its 95th percentile has been above 1 s for two minutes.'],
    ['HighErrorRate', 'critical', 'The Profile API answers with errors', 'More than 1% of its answers have been errors for a minute.'],
  ]),
  ...rows('jivs', JIVS, [
    ['Service Down', 'SEV1', 'The JiVS backend does not answer', 'No instance is up.'],
    ['High Error Rate', 'SEV2', 'The JiVS backend answers with errors', 'More than 5% of its answers are errors.'],
    ['High Response Time', 'SEV2', 'The JiVS backend is slow', 'Its 99th percentile is above 5 s.'],
    ['Database Unavailable', 'SEV1', 'The JiVS database cannot be reached', 'The primary does not answer.'],
    ['Disk Space Low', 'SEV2', 'The JiVS disks fill up', 'Less than 10% of the space is free.'],
    ['Memory High', 'SEV2', 'The JiVS backend runs out of memory', 'More than 90% of the memory is in use.'],
    ['GDPR Overdue', 'SEV2', 'Privacy requests are overdue', 'At least one request has passed its deadline.'],
  ]),
];

/**
 * What Alertmanager's webhook sends for one alert (version 4).
 *
 * @param times ISO times; with `endsAt` it is resolved
 */
export function payloadOf(alert: GuideAlert, times: { startsAt: string; endsAt?: string }): Record<string, unknown> {
  const status = times.endsAt === undefined ? 'firing' : 'resolved';
  const { alertname, service } = alert.labels;
  return {
    receiver: 'tocsin',
    status,
    alerts: [
      {
        status,
        labels: alert.labels,
        annotations: alert.annotations,
        startsAt: times.startsAt,
        endsAt: times.endsAt ?? '0001-01-01T00:00:00Z',
        generatorURL: `http://prometheus.example:9090/graph?g0.expr=${encodeURIComponent(`ALERTS{alertname="${alertname}"}`)}`,
        fingerprint: fingerprintOf(alert.labels),
      },
    ],
    groupLabels: { alertname, service },
    commonLabels: alert.labels,
    commonAnnotations: alert.annotations,
    externalURL: 'http://alertmanager.example:9093',
    version: '4',
    groupKey: `{}:{alertname="${alertname}", service="${service}"}`,
    truncatedAlerts: 0,
  };
}

function rows(prefix: string, guide: Guide, list: Row[]): GuideAlert[] {
  const { guide: name, ...labels } = guide;
  return list.map(([alertname, severity, summary, description]) => ({
    id: `${prefix}-${slug(alertname)}`,
    title: alertname,
    guide: name,
    labels: { alertname, severity, ...labels },
    annotations: { summary, description },
  }));
}

/** Sixteen hex digits over the sorted labels: stable, as Alertmanager's. */
function fingerprintOf(labels: Labels): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => a.localeCompare(b));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16);
}

function slug(name: string): string {
  return name
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
}
