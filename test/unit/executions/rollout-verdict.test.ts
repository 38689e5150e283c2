import { describe, expect, it } from 'vitest';
import { rolloutVerdict } from '../../../src/integrations/kubernetes/rollout-verdict.ts';
import { observation } from './observation.ts';

const counts = (desired: number, updated: number, current: number, available: number) => ({
  replicas: { desired, updated, current, available, ready: available },
});

describe('the verdict on a rollout, as kubectl rollout status has it', () => {
  it.each([
    ['the controller has not seen it yet', { generation: 5, observedGeneration: 4 }],
    ['pods of the new revision are missing', counts(3, 2, 3, 3)],
    ['old pods are left', counts(3, 3, 4, 3)],
    ['not all are available', counts(3, 3, 3, 2)],
    [
      'an old verdict on an older generation',
      { generation: 5, observedGeneration: 4, progressReason: 'ProgressDeadlineExceeded' },
    ],
    ['paused, but not seen yet', { paused: true, generation: 5, observedGeneration: 4 }],
  ])('waits while %s', (_name, over) => {
    expect(rolloutVerdict(observation(over))).toBeUndefined();
  });

  it('is complete when all is updated and available', () => {
    expect(rolloutVerdict(observation())?.outcome).toBe('complete');
    expect(rolloutVerdict(observation(counts(0, 0, 0, 0)))?.outcome).toBe('complete');
  });

  it('fails when Kubernetes gave up, and when somebody paused it half way', () => {
    const late = observation({ ...counts(3, 1, 4, 3), progressReason: 'ProgressDeadlineExceeded' });
    expect(rolloutVerdict(late)).toMatchObject({
      outcome: 'failed',
      text: expect.stringContaining('600 s, 1 of 3'),
    });
    expect(rolloutVerdict(observation({ ...counts(3, 1, 4, 3), paused: true }))?.outcome).toBe('failed');
  });
});
