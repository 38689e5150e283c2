import { z } from 'zod';
import type { Service } from '../config/model.ts';
import { CodedError } from '../errors.ts';
import { defineAction } from '../executions/define-action.ts';
import type {
  ActionCall,
  ActionReaders,
  PlanAnswer,
  Verification,
  VerifyOptions,
} from '../executions/define-action.ts';
import { movingTag } from '../executions/image-tag.ts';
import type { Fact, Progress } from '../executions/model.ts';
import { rolloutImpact } from '../executions/rollout-impact.ts';
import { shellWord } from '../lib/shell-word.ts';
import { waitUntilHealthy } from '../executions/wait-until-healthy.ts';
import type { Deployment, DeploymentObservation, DeploymentRef } from '../ports/cluster.ts';

const Params = z.strictObject({});
type Params = z.infer<typeof Params>;

export default defineAction<Params, DeploymentObservation>({
  id: 'restart',
  title: 'Restart',
  summary:
    'Replaces all pods of a Kubernetes deployment by new ones of the same image, as its strategy says.',
  params: Params,
  observe: ({ cluster }, { service }, options) => cluster.observeDeployment(deploymentOf(service), options),
  target: ({ context, namespace, name }) => `kubernetes:${context}/${namespace}/deployment/${name}`,
  spec: (observed) => ({
    generation: observed.generation,
    template: observed.templateHash,
    images: observed.images,
    replicas: observed.replicas.desired,
    paused: observed.paused,
    autoscaler:
      observed.autoscaler === null ? null : { min: observed.autoscaler.min, max: observed.autoscaler.max },
  }),
  facts,
  plan,
  isApplied: (observed, stamp) => observed.restartedAt === stamp,
  execute: async ({ cluster }, { service }, { resourceVersion }, restartedAt) => {
    await cluster.restartDeployment(deploymentOf(service), { restartedAt, resourceVersion });
  },
  verify,
  manualCommand: ({ service }) => {
    const { context, namespace, name } = deploymentOf(service);
    const where = context === null ? '' : ` --context ${shellWord(context)}`;
    return `kubectl${where} --namespace ${namespace} rollout restart deployment/${name}`;
  },
});

function deploymentOf(service: Service): DeploymentRef {
  if (service.kubernetes === null) {
    throw new CodedError(
      'bad_input',
      `Nothing says which deployment ${service.name} is: add "kubernetes:" to config/services/${service.id}.yml.`,
    );
  }
  const { context, namespace, deployment } = service.kubernetes;
  return { context, namespace, name: deployment };
}

function plan({ service }: ActionCall<Params>, observed: DeploymentObservation): PlanAnswer {
  const refusal = whyNot(observed);
  if (refusal !== undefined) return { ok: false, reason: refusal };
  const { replicas, namespace, name, context } = observed;
  const impact = rolloutImpact(replicas, observed.strategy, observed.budgets);
  return {
    ok: true,
    plan: {
      title: `Restart ${service.name} (${service.environment})`,
      before: [...imageFacts(observed), ...stateFacts(observed)],
      after: [
        { name: 'Image', value: 'the same' },
        { name: 'Pods', value: `${replicas.desired} new, replacing ${replicas.current}` },
      ],
      blastRadius: `Every pod of deployment ${namespace}/${name} in ${context} is replaced; nothing else is touched.`,
      expectedOutage: impact.expectedOutage,
      warnings: [...warnings(observed), ...impact.warnings],
      reversible: true,
      undo: 'The same image and settings come up again, so there is nothing to undo. What lived only in the memory of the old pods is gone.',
      command: `kubectl --context ${shellWord(context)} --namespace ${namespace} rollout restart deployment/${name}`,
    },
  };
}

function whyNot({ paused, replicas, name, namespace }: DeploymentObservation): string | undefined {
  if (paused) {
    return `Rollouts of ${namespace}/${name} are paused, so a restart would not happen. Resume them first: kubectl --namespace ${namespace} rollout resume deployment/${name}`;
  }
  if (replicas.desired === 0) {
    return `${namespace}/${name} is scaled to 0, so there is nothing to restart.`;
  }
  return undefined;
}

function imageFacts({ images }: DeploymentObservation): readonly Fact[] {
  return images.map((entry) => {
    const [container = '', image = ''] = splitOnce(entry, '=');
    return { name: images.length === 1 ? 'Image' : `Image of ${container}`, value: image };
  });
}

function stateFacts(observed: DeploymentObservation): readonly Fact[] {
  const { replicas, podTemplateHash, restartedAt } = observed;
  return [
    {
      name: 'Pods',
      value: `${replicas.desired} wanted, ${replicas.ready} ready, ${replicas.available} available`,
    },
    ...(podTemplateHash === null ? [] : [{ name: 'Revision', value: podTemplateHash }]),
    ...(restartedAt === null ? [] : [{ name: 'Last restart', value: restartedAt }]),
  ];
}

function warnings(observed: DeploymentObservation): readonly string[] {
  const { replicas, unseen } = observed;
  const moving = observed.images.flatMap((entry) => {
    const image = splitOnce(entry, '=')[1] ?? '';
    const tag = movingTag(image);
    return tag === undefined ? [] : [`${image} may be a newer image by now: the tag "${tag}" can move.`];
  });
  return [
    ...moving,
    ...(isRollingOut(observed) ? ['A rollout is under way already; this one starts on top of it.'] : []),
    ...(replicas.desired === 1
      ? ['There is a single pod: requests in flight on it are lost, and nothing covers for it.']
      : []),
    ...(unseen.length === 0
      ? []
      : [`Tocsin has no right to see ${unseen.join(' and ')}, so they are not considered here.`]),
  ];
}

function isRollingOut({ generation, observedGeneration, replicas }: Deployment): boolean {
  return (
    observedGeneration < generation ||
    replicas.updated < replicas.desired ||
    replicas.current > replicas.updated
  );
}

async function verify(
  readers: ActionReaders,
  { service }: ActionCall<Params>,
  options: VerifyOptions,
): Promise<Verification> {
  const verdict = await readers.cluster.followRollout(deploymentOf(service), {
    signal: options.signal,
    onProgress: (deployment) => options.onProgress(progressOf(deployment)),
  });
  const seen = verdict.deployment === null ? null : facts(verdict.deployment);
  if (verdict.outcome === 'failed') return { outcome: 'failed', text: verdict.text, facts: seen };
  if (verdict.deployment.restartedAt !== options.stamp) {
    return {
      outcome: 'unknown',
      text: `Somebody changed the deployment while it restarted. ${verdict.text}`,
      facts: seen,
    };
  }
  if (service.healthUrl === null) return { outcome: 'succeeded', text: verdict.text, facts: seen };
  const health = await waitUntilHealthy(readers.health, service.healthUrl, options.signal);
  return health.ok
    ? { outcome: 'succeeded', text: `${verdict.text} The service ${health.text}.`, facts: seen }
    : { outcome: 'failed', text: `${verdict.text} But the service ${health.text}.`, facts: seen };
}

function progressOf({ replicas }: Deployment): Progress {
  const { updated, available, desired } = replicas;
  return {
    updated,
    available,
    desired,
    text: `${updated} of ${desired} updated, ${available} available`,
  };
}

function facts(deployment: Deployment) {
  const { generation, images, replicas, restartedAt, progressReason } = deployment;
  const { desired, updated, ready, available } = replicas;
  return { generation, images, desired, updated, ready, available, restartedAt, progressReason };
}

function splitOnce(text: string, at: string): readonly string[] {
  const index = text.indexOf(at);
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + at.length)];
}
