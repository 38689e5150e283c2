import { createHash } from 'node:crypto';

/** A body as Alertmanager 0.25 posts it for one firing alert (test/fixtures/alert-sources/alertmanager has captures). */
export function firingAlert(
  name: string,
  labels: Readonly<Record<string, string>> = {},
  more: { readonly startsAt?: string; readonly status?: 'firing' | 'resolved' } = {},
): Record<string, unknown> {
  const all = { alertname: name, severity: 'critical', ...labels };
  const status = more.status ?? 'firing';
  const fingerprint = createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 16);
  const startsAt = more.startsAt ?? '2026-01-01T03:00:00.000Z';
  const annotations = { summary: `${name} fires` };
  return {
    version: '4',
    receiver: 'tocsin',
    status,
    groupKey: `{}:{alertname="${name}"}`,
    truncatedAlerts: 0,
    groupLabels: { alertname: name },
    commonLabels: all,
    commonAnnotations: annotations,
    externalURL: 'http://alertmanager.example:9093',
    alerts: [
      {
        status,
        labels: all,
        annotations,
        startsAt,
        endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-01-01T03:30:00.000Z',
        generatorURL: 'http://prometheus.example:9090/graph',
        fingerprint,
      },
    ],
  };
}
