import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlertSource } from '../../src/alerts/define-alert-source.ts';
import { guardJson } from '../../src/alerts/guard-json.ts';
import { loadAlertSources } from '../../src/alerts/load-alert-sources.ts';
import type { NormalisedAlert } from '../../src/alerts/model.ts';
import { MAX_ENTRIES, MAX_VALUE } from '../../src/alerts/read-fields.ts';
import { CodedError } from '../../src/errors.ts';
import { secret } from '../../src/lib/secret.ts';
import { anyBody } from '../harness/fuzz-bodies.ts';

/** The contract that every file of src/alert-sources/ keeps. A new source needs good samples in the fixtures folder. */
const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'alert-sources');
const sources = await loadAlertSources();

test('there are sources', () => {
  expect([...sources.keys()]).toEqual(expect.arrayContaining(['alertmanager', 'generic']));
});

describe.each([...sources.values()])('alert source $id', (source: AlertSource) => {
  const folder = join(FIXTURES, source.id);
  const samples = readdirSync(folder).map((name) => ({ name, body: readFileSync(join(folder, name)) }));

  test('says how to connect it', () => {
    expect(source.doc.title.length).toBeGreaterThan(3);
    expect(source.doc.setup.length).toBeGreaterThan(10);
    const docs = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'alert-sources.md'), 'utf8');
    expect(docs).toContain(`/alerts/${source.id}`);
  });

  test.each(samples)('reads the good sample $name', ({ body }) => {
    const alerts = source.parse(guardJson(body));
    expect(alerts.length).toBeGreaterThan(0);
    for (const alert of alerts) expectWithinLimits(alert);
  });

  test('the same sample gives the same fingerprints, and different series different ones', () => {
    for (const { body } of samples) {
      const once = source.parse(guardJson(body)).map((alert) => alert.fingerprint);
      expect(source.parse(guardJson(body)).map((alert) => alert.fingerprint)).toEqual(once);
      expect(new Set(once).size).toBe(once.length);
    }
  });

  test('takes any of its tokens, and nothing else', () => {
    const tokens = [secret('old-token'), secret('new-token')];
    const rawBody = samples[0]?.body ?? Buffer.alloc(0);
    const verify = (authorization: string | undefined, secrets = tokens) =>
      source.verify({ headers: authorization === undefined ? {} : { authorization }, rawBody }, secrets);
    expect(verify('Bearer old-token')).toBe(true);
    expect(verify('Bearer new-token')).toBe(true);
    const wrong = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      'Bearer wrong',
      'Basic old-token',
      'old-token',
      'Bearer old-token x',
      'Bearer old-token\n',
    ];
    for (const header of wrong) expect([header, verify(header)]).toEqual([header, false]);
    expect(verify('Bearer anything', [])).toBe(false);
    expect(verify('Bearer no secret is configured for this sender', [])).toBe(false);
    expect(verify(undefined, [])).toBe(false);
  });

  test('10,000 bodies of any shape: alerts inside the limits or a clear refusal, never a crash', () => {
    const before = Reflect.ownKeys(Object.prototype);
    let accepted = 0;
    fc.assert(
      fc.property(anyBody(samples.map((sample) => sample.body)), (raw) => {
        const read = readOrRefuse(source, raw);
        if (read instanceof CodedError) {
          return read.code === 'bad_input' && !read.retryable && !read.userMessage.includes('undefined');
        }
        accepted += read.length;
        read.forEach(expectWithinLimits);
        return true;
      }),
      { numRuns: 10_000, seed: 20_261_122 },
    );
    expect(Reflect.ownKeys(Object.prototype)).toEqual(before);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    // The generator must reach both sides of the border.
    expect(accepted).toBeGreaterThan(500);
  });

  test('a flood of labels and long values is cut, with a mark', () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`label${index}`, 'x']));
    const labels = { ...many, alertname: 'Flood', severity: 'critical', long: 'ä'.repeat(100_000) };
    const body =
      source.id === 'generic'
        ? { name: 'Flood', severity: 'critical', labels }
        : { version: '4', alerts: [{ status: 'firing', labels }] };
    const [alert] = source.parse(body);
    expect(alert?.labels.size).toBe(MAX_ENTRIES + 1);
    expect(alert?.labels.get('tocsin_cut')).toMatch(/^49\d\d more were left out$/);
    expect(alert?.labels.get('severity')).toBe('critical');
    const [long] = source.parse(
      source.id === 'generic'
        ? { name: 'Long', labels: { long: labels.long } }
        : { version: '4', alerts: [{ status: 'firing', labels: { alertname: 'Long', long: labels.long } }] },
    );
    expect(long?.labels.get('long')).toMatch(/… \[cut\]$/);
  });
});

function expectWithinLimits(alert: NormalisedAlert): void {
  expect(alert.fingerprint.length).toBeGreaterThan(0);
  expect(alert.fingerprint.length).toBeLessThanOrEqual(128);
  expect(alert.name.length).toBeGreaterThan(0);
  expect(alert.name.length).toBeLessThanOrEqual(200);
  for (const map of [alert.labels, alert.annotations]) {
    expect(map).toBeInstanceOf(Map);
    expect(map.size).toBeLessThanOrEqual(MAX_ENTRIES + 1);
    for (const [key, value] of map) {
      expect(key.length).toBeLessThanOrEqual(256);
      expect(value.length).toBeLessThanOrEqual(MAX_VALUE);
      expect(value.isWellFormed()).toBe(true);
    }
  }
  for (const time of [alert.startsAt, alert.endsAt]) expect(time?.getTime()).not.toBeNaN();
  expect(alert.url ?? 'https://none').toMatch(/^https?:/);
}

/** Anything else that is thrown is a crash. */
function readOrRefuse(source: AlertSource, raw: Buffer): readonly NormalisedAlert[] | CodedError {
  try {
    return source.parse(guardJson(raw));
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
}
