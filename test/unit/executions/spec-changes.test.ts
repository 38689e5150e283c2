import { describe, expect, it } from 'vitest';
import { planHash } from '../../../src/executions/plan-hash.ts';
import { describeChanges, specChanges } from '../../../src/executions/spec-changes.ts';

const spec = {
  generation: 3,
  images: ['web=a:1'],
  template: 'a'.repeat(64),
  autoscaler: { min: 1, max: 5 },
};

describe('differences between specifications', () => {
  it('finds none whatever the order of keys', () => {
    expect(specChanges(spec, { ...spec, autoscaler: { max: 5, min: 1 } })).toEqual([]);
  });

  it('tells each in words, hashes shortened', () => {
    const now = { ...spec, generation: 4, images: ['web=a:2'], template: 'b'.repeat(64), autoscaler: null };
    expect(describeChanges(specChanges(spec, now))).toBe(
      'generation: 3 → 4; images: web=a:1 → web=a:2; template: aaaaaaaa → bbbbbbbb; autoscaler: min 1, max 5 → none',
    );
  });

  it('sees what was not there before', () => {
    expect(specChanges({}, { paused: true })).toEqual([{ name: 'paused', before: 'none', after: 'true' }]);
  });
});

describe('the hash of a plan', () => {
  const facts = {
    action: 'restart',
    target: 'kubernetes:east/shop/deployment/checkout',
    params: {},
    spec,
    playbookVersion: null,
    requestedBy: { teamId: 'T1', userId: 'U1', personId: 'ana' },
    expiresAt: new Date('2026-11-22T03:00:00Z'),
  };

  it('is the same for the same', () => {
    expect(planHash({ ...facts, spec: { ...spec } })).toBe(planHash(facts));
    expect(planHash(facts)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    { action: 'scale' },
    { target: 'kubernetes:west/shop/deployment/checkout' },
    { params: { replicas: 3 } },
    { spec: { ...spec, generation: 4 } },
    { playbookVersion: 'p2' },
    { requestedBy: { teamId: 'T1', userId: 'U1', personId: 'ben' } },
    { expiresAt: new Date('2026-11-22T03:00:01Z') },
  ])('is another for another %o', (over) => {
    expect(planHash({ ...facts, ...over })).not.toBe(planHash(facts));
  });
});
