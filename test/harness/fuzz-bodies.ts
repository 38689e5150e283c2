import fc from 'fast-check';

const HOSTILE = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '\u0000',
  '\ud800',
  '<!channel>',
  "'; drop table alerts --",
  '%',
  '0001-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '2099-01-01T00:00:00Z',
  'NaN',
  'javascript:alert(1)',
  'firing',
  'resolved',
];

/** Bytes, JSON of any shape, and good samples with something hostile put anywhere into them. */
export function anyBody(samples: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE));
  const key = fc.oneof(
    fc.constantFrom(
      'alerts',
      'labels',
      'annotations',
      'status',
      'name',
      'version',
      'startsAt',
      'endsAt',
      'fingerprint',
      'id',
      'url',
    ),
    text,
  );
  const value: fc.Arbitrary<unknown> = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      text,
      fc.double(),
      fc.constantFrom(null, true, 1e308, -1),
      fc.array(tie('node'), { maxLength: 4 }),
      fc.array(fc.tuple(key, tie('node')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
    ),
  })).node;
  const mutated = fc
    .tuple(fc.constantFrom(...samples), fc.nat(), key, value)
    .map(([sample, at, name, put]) => {
      const body: unknown = JSON.parse(sample.toString('utf8'));
      const places = objectsIn(body);
      const place = places[at % places.length];
      if (place !== undefined) {
        Object.defineProperty(place, name, {
          value: put,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
      return Buffer.from(JSON.stringify(body));
    });
  const nested = fc.nat({ max: 5_000 }).map((depth) => Buffer.from('['.repeat(depth) + ']'.repeat(depth)));
  const pollution = fc.constantFrom(
    Buffer.from('{"__proto__":{"polluted":1},"alerts":[],"version":"4"}'),
    Buffer.from('{"constructor":{"prototype":{"polluted":1}},"name":"x"}'),
    Buffer.from('{"name":"x","labels":{"__proto__":{"polluted":1}}}'),
    Buffer.from('{"version":"4","alerts":[{"status":"firing","labels":{"__proto__":"polluted"}}]}'),
  );
  return fc.oneof(
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 3, arbitrary: value.map((one) => Buffer.from(JSON.stringify(one) ?? '')) },
    { weight: 6, arbitrary: mutated },
    { weight: 1, arbitrary: nested },
    { weight: 1, arbitrary: pollution },
  );
}

function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [...(Array.isArray(value) ? [] : [value]), ...Object.values(value).flatMap(objectsIn)];
}
