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
const text = (max: number) => z.string().min(1).max(max);

const alert = z.object({
  name: text(200),
  status: z.enum(['firing', 'resolved']).default('firing'),
  id: text(1_000).optional(),
  severity: text(100).optional(),
  service: text(200).optional(),
  summary: z.string().max(10_000).optional(),
  description: z.string().max(100_000).optional(),
  startsAt: z.string().optional(),
  endsAt: z.string().optional(),
  url: z.string().optional(),
  runbookUrl: z.string().optional(),
  labels: record.optional(),
});

type SentAlert = z.infer<typeof alert>;

/** One alert, or several under `alerts`. docs/alert-sources.md describes the fields. */
export default defineAlertSource({
  id: 'generic',
  verify: hasBearerToken,
  parse: (value) => readAlerts(value).map(normalise),
  doc: {
    title: 'Anything that can send JSON',
    setup: 'POST one alert, or {"alerts": [...]}, with Authorization: Bearer <token>.',
  },
});

function readAlerts(value: unknown): readonly SentAlert[] {
  const several = typeof value === 'object' && value !== null && Object.hasOwn(value, 'alerts');
  if (several) {
    const parsed = z.object({ alerts: z.array(alert).max(2_000) }).safeParse(value);
    if (!parsed.success) throw badBody(parsed.error);
    return parsed.data.alerts;
  }
  const parsed = alert.safeParse(value);
  if (!parsed.success) throw badBody(parsed.error);
  return [parsed.data];
}

function normalise(sent: SentAlert): NormalisedAlert {
  const labels = readMap({
    ...sent.labels,
    alertname: sent.name,
    ...given(sent, ['severity', 'service']),
  });
  const annotations = readMap({
    ...given(sent, ['summary', 'description']),
    ...(sent.runbookUrl === undefined ? {} : { runbook_url: sent.runbookUrl }),
  });
  const summary = annotations.get('summary') ?? annotations.get('description');
  return {
    fingerprint: readFingerprint(sent.id, sent.name, labels),
    status: sent.status,
    name: sent.name,
    summary: summary === undefined || summary.trim() === '' ? null : cut(summary, 500),
    startsAt: readTime(sent.startsAt),
    endsAt: sent.status === 'resolved' ? readTime(sent.endsAt) : null,
    labels,
    annotations,
    url: readUrl(sent.url),
  };
}

function given(sent: SentAlert, names: readonly (keyof SentAlert)[]): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => sent[name] !== undefined).map((name) => [name, sent[name]]),
  );
}
