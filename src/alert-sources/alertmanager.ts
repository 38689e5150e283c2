import { z } from 'zod';
import { badBody } from '../alerts/bad-body.ts';
import { hasBearerToken } from '../alerts/bearer-token.ts';
import { defineAlertSource } from '../alerts/define-alert-source.ts';
import type { NormalisedAlert } from '../alerts/model.ts';
import { cut, readFingerprint, readMap, readTime, readUrl } from '../alerts/read-fields.ts';

const record = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'an object with text values is expected',
);

const alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: record,
  annotations: record.optional(),
  startsAt: z.string().optional(),
  endsAt: z.string().optional(),
  generatorURL: z.string().optional(),
  fingerprint: z.string().optional(),
});

/** Prometheus Alertmanager's webhook, version 4 (also sent by Grafana Mimir and VictoriaMetrics). */
const body = z.object({ version: z.literal('4'), alerts: z.array(alert).max(2_000) });

export default defineAlertSource({
  id: 'alertmanager',
  verify: hasBearerToken,
  parse: (value) => {
    const parsed = body.safeParse(value);
    if (!parsed.success) throw badBody(parsed.error);
    return parsed.data.alerts.map(normalise);
  },
  doc: {
    title: 'Prometheus Alertmanager',
    setup:
      'A receiver with webhook_configs, send_resolved: true, max_alerts: 500 and the token under http_config.authorization.',
  },
});

function normalise(sent: z.infer<typeof alert>): NormalisedAlert {
  const labels = readMap(sent.labels);
  const annotations = readMap(sent.annotations ?? {});
  const name = cut(labels.get('alertname') ?? 'Alert without a name', 200);
  const summary = annotations.get('summary') ?? annotations.get('message') ?? annotations.get('description');
  return {
    fingerprint: readFingerprint(sent.fingerprint, name, labels),
    status: sent.status,
    name,
    summary: summary === undefined || summary.trim() === '' ? null : cut(summary, 500),
    startsAt: readTime(sent.startsAt),
    // Alertmanager gives a firing alert the time at which it would forget it; that is no end.
    endsAt: sent.status === 'resolved' ? readTime(sent.endsAt) : null,
    labels,
    annotations,
    url: readUrl(sent.generatorURL),
  };
}
