import { describe, expect, it } from 'vitest';
import restart from '../../../src/actions/restart.ts';
import type { Plan } from '../../../src/executions/model.ts';
import { movingTag } from '../../../src/executions/image-tag.ts';
import type { DeploymentObservation } from '../../../src/ports/cluster.ts';
import { observation, observe, readersOf, SERVICE } from './observation.ts';

async function planOf(over: Partial<DeploymentObservation> = {}): Promise<Plan> {
  const answer = (await observe(restart, observation(over))).plan();
  if (!answer.ok) throw new Error(answer.reason);
  return answer.plan;
}

const replicas = (desired: number, over: Partial<DeploymentObservation['replicas']> = {}) => ({
  desired,
  current: desired,
  updated: desired,
  ready: desired,
  available: desired,
  ...over,
});

describe('the plan of a restart', () => {
  it('says what, where, and that it takes nothing away', async () => {
    expect(await planOf()).toMatchObject({
      title: 'Restart Checkout (prod)',
      warnings: [],
      reversible: true,
      expectedOutage: 'None expected: every new pod is ready before an old one stops.',
      command: 'kubectl --context east --namespace shop rollout restart deployment/checkout',
    });
  });

  it.each([
    ['recreate', { strategy: { kind: 'recreate' } }, 'An outage: all 3 pods stop'],
    [
      'one may be missing',
      { strategy: { kind: 'rolling', maxSurge: '0', maxUnavailable: '1' } },
      'None expected while 2 of 3 pods can carry the load',
    ],
    [
      'neither more nor less: Kubernetes takes one away',
      { strategy: { kind: 'rolling', maxSurge: '0', maxUnavailable: '0' } },
      'None expected while 2 of 3',
    ],
    [
      'a single pod that may be missing',
      { replicas: replicas(1), strategy: { kind: 'rolling', maxSurge: '0', maxUnavailable: '1' } },
      'A short outage',
    ],
    ['25% of 8 rounds down to 2', { replicas: replicas(8) }, 'None expected while 6 of 8'],
    ['crash-looping', { replicas: replicas(3, { available: 1 }) }, 'Only 1 of 3 are available as it is.'],
  ] as const)('puts the outage into words: %s', async (_name, over, words) => {
    expect((await planOf(over)).expectedOutage).toContain(words);
  });

  it.each([
    ['a moving tag', { images: ['web=shop/checkout:latest'] }, 'the tag "latest" can move'],
    ['no tag', { images: ['web=shop/checkout'] }, 'the tag "latest" can move'],
    [
      'a rollout under way',
      { replicas: replicas(3, { updated: 1, current: 4 }) },
      'A rollout is under way already',
    ],
    ['an unseen generation', { observedGeneration: 3 }, 'A rollout is under way already'],
    ['a single pod', { replicas: replicas(1) }, 'There is a single pod'],
    [
      'a budget that a rollout goes below',
      {
        strategy: { kind: 'rolling', maxSurge: '0', maxUnavailable: '2' },
        budgets: [{ name: 'keep-two', minAvailable: '2', maxUnavailable: null }],
      },
      'may go down to 1 pod, below the 2 that disruption budget keep-two keeps',
    ],
    ['what may not be seen', { unseen: ['disruption budgets'] }, 'no right to see disruption budgets'],
  ] as const)('warns of %s', async (_name, over, words) => {
    const { warnings } = await planOf(over);
    expect(warnings.filter((warning) => warning.includes(words))).toHaveLength(1);
  });

  it.each([
    ['paused', { paused: true }, 'rollout resume deployment/checkout'],
    ['scaled to 0', { replicas: replicas(0) }, 'nothing to restart'],
  ] as const)('is refused when the deployment is %s', async (_name, over, words) => {
    const answer = (await observe(restart, observation(over))).plan();
    expect(answer).toMatchObject({ ok: false, reason: expect.stringContaining(words) });
  });

  it('says which setting is missing when nobody said which deployment it is', () => {
    const service = { ...SERVICE, kubernetes: null };
    expect(() => restart.bind(service, {}).manualCommand).toThrow('config/services/checkout.yml');
  });

  it('takes no parameter it does not know', () => {
    expect(() => restart.bind(SERVICE, { namespace: 'kube-system' })).toThrow('namespace');
  });
});

describe('what an approval is bound to', () => {
  it('leaves status out', async () => {
    const one = await observe(restart, observation());
    const other = await observe(
      restart,
      observation({
        replicas: replicas(3, { ready: 0, available: 0, updated: 1 }),
        resourceVersion: '99',
        observedGeneration: 1,
        progressReason: 'ProgressDeadlineExceeded',
      }),
    );
    expect(other.spec).toEqual(one.spec);
  });

  it.each([
    { generation: 5 },
    { templateHash: 'b'.repeat(64) },
    { images: ['web=shop/checkout:1.4.3'] },
    { replicas: replicas(4) },
    { paused: true },
    { autoscaler: { name: 'hpa', min: 2, max: 9 } },
  ])('takes in the specification: %o', async (over) => {
    const one = await observe(restart, observation());
    expect((await observe(restart, observation(over))).spec).not.toEqual(one.spec);
  });
});

describe('the verdict of a restart', () => {
  const stamp = '2026-11-22T03:00:00.000Z';
  const verify = (
    over: Parameters<typeof readersOf>[1] = {},
    service = SERVICE,
    seen = observation({ restartedAt: stamp }),
  ) =>
    restart
      .bind(service, {})
      .verify(readersOf(seen, over), { stamp, signal: AbortSignal.timeout(5_000), onProgress: () => {} });

  it('is a success when rollout and service are well', async () => {
    const service = { ...SERVICE, healthUrl: 'http://checkout/health' };
    expect(await verify({}, service)).toMatchObject({
      outcome: 'succeeded',
      text: 'Complete. The service answers 200.',
    });
  });

  it('is a failure when the rollout failed', async () => {
    const followRollout = async () => ({ outcome: 'failed', text: 'Deleted.', deployment: null }) as const;
    expect(await verify({ followRollout })).toMatchObject({ outcome: 'failed', text: 'Deleted.' });
  });

  it('is unknown when the rollout that ended is somebody else’s', async () => {
    const other = observation({ restartedAt: 'another time' });
    expect(await verify({}, SERVICE, other)).toMatchObject({ outcome: 'unknown' });
  });
});

describe('a tag that moves', () => {
  it.each(['web:latest', 'web', 'host:5000/web', 'web:1', 'web:1.4', 'web:main'])('%s', (image) => {
    expect(movingTag(image)).toBeDefined();
  });
  it.each(['web:1.4.2', 'web:v1.2.3', `web@sha256:${'0'.repeat(64)}`, 'host:5000/web:2024-11-22.3'])(
    'not %s',
    (image) => {
      expect(movingTag(image)).toBeUndefined();
    },
  );
});
