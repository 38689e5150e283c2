import { z } from 'zod';

/**
 * The kinds that the sandbox cluster keeps, as far as it reads them. Everything else that a client writes is
 * carried along untouched (loose objects), as a real API server would for fields of its schema.
 */
const strings = z.record(z.string(), z.string());

const ownerReferenceSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
});

const metaSchema = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string(),
  /** A number as text; opaque to clients. */
  resourceVersion: z.string(),
  generation: z.number().optional(),
  /** RFC 3339 with whole seconds, as everywhere in the API. */
  creationTimestamp: z.string(),
  deletionTimestamp: z.string().optional(),
  deletionGracePeriodSeconds: z.number().optional(),
  labels: strings.optional(),
  annotations: strings.optional(),
  ownerReferences: z.array(ownerReferenceSchema).optional(),
});

const conditionSchema = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastUpdateTime: z.string().optional(),
  lastTransitionTime: z.string().optional(),
});

const containerSchema = z.looseObject({
  name: z.string().min(1),
  image: z.string().min(1),
});

const podSpecSchema = z.looseObject({
  containers: z.array(containerSchema).min(1),
  nodeName: z.string().optional(),
});

const templateSchema = z.looseObject({
  metadata: z.looseObject({ labels: strings.optional(), annotations: strings.optional() }).optional(),
  spec: podSpecSchema,
});

const selectorSchema = z.looseObject({ matchLabels: strings.optional() });
const countSchema = z.int().min(0);
const intOrPercent = z.union([countSchema, z.string().regex(/^\d+%$/)]);

export const deploymentSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('Deployment'),
  metadata: metaSchema,
  spec: z.looseObject({
    replicas: countSchema,
    paused: z.boolean().optional(),
    minReadySeconds: countSchema.optional(),
    progressDeadlineSeconds: countSchema.optional(),
    revisionHistoryLimit: countSchema.optional(),
    selector: selectorSchema,
    strategy: z.looseObject({
      type: z.enum(['RollingUpdate', 'Recreate']),
      rollingUpdate: z
        .looseObject({ maxSurge: intOrPercent.optional(), maxUnavailable: intOrPercent.optional() })
        .optional(),
    }),
    template: templateSchema,
  }),
  status: z.looseObject({
    observedGeneration: z.number().optional(),
    replicas: z.number().optional(),
    updatedReplicas: z.number().optional(),
    readyReplicas: z.number().optional(),
    availableReplicas: z.number().optional(),
    unavailableReplicas: z.number().optional(),
    conditions: z.array(conditionSchema).optional(),
  }),
});

export const replicaSetSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('ReplicaSet'),
  metadata: metaSchema,
  spec: z.looseObject({
    replicas: countSchema,
    minReadySeconds: countSchema.optional(),
    selector: selectorSchema,
    template: templateSchema,
  }),
  status: z.looseObject({
    observedGeneration: z.number().optional(),
    replicas: z.number(),
    fullyLabeledReplicas: z.number().optional(),
    readyReplicas: z.number().optional(),
    availableReplicas: z.number().optional(),
  }),
});

const containerStateSchema = z.looseObject({
  waiting: z.looseObject({ reason: z.string(), message: z.string().optional() }).optional(),
  running: z.looseObject({ startedAt: z.string() }).optional(),
  terminated: z
    .looseObject({
      reason: z.string(),
      exitCode: z.number(),
      startedAt: z.string().optional(),
      finishedAt: z.string().optional(),
    })
    .optional(),
});

const containerStatusSchema = z.looseObject({
  name: z.string(),
  image: z.string(),
  ready: z.boolean(),
  started: z.boolean(),
  restartCount: z.number(),
  state: containerStateSchema,
  lastState: containerStateSchema,
});

export const podSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('Pod'),
  metadata: metaSchema,
  spec: podSpecSchema,
  status: z.looseObject({
    phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']),
    startTime: z.string().optional(),
    podIP: z.string().optional(),
    conditions: z.array(conditionSchema),
    containerStatuses: z.array(containerStatusSchema),
  }),
});

export const namespaceSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('Namespace'),
  metadata: metaSchema,
  status: z.looseObject({ phase: z.string() }),
});

export const eventSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('Event'),
  metadata: metaSchema,
  involvedObject: z.looseObject({
    apiVersion: z.string(),
    kind: z.string(),
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string(),
    fieldPath: z.string().optional(),
  }),
  reason: z.string(),
  message: z.string(),
  type: z.enum(['Normal', 'Warning']),
  count: z.number(),
  firstTimestamp: z.string(),
  lastTimestamp: z.string(),
  source: z.looseObject({ component: z.string() }),
});

export const budgetSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('PodDisruptionBudget'),
  metadata: metaSchema,
  spec: z.looseObject({
    minAvailable: intOrPercent.optional(),
    maxUnavailable: intOrPercent.optional(),
    selector: selectorSchema,
  }),
  status: z.looseObject({
    observedGeneration: z.number().optional(),
    currentHealthy: z.number(),
    desiredHealthy: z.number(),
    disruptionsAllowed: z.number(),
    expectedPods: z.number(),
  }),
});

export const autoscalerSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal('HorizontalPodAutoscaler'),
  metadata: metaSchema,
  spec: z.looseObject({
    scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string(), apiVersion: z.string().optional() }),
    minReplicas: z.number().optional(),
    maxReplicas: z.number(),
    metrics: z.array(z.unknown()).optional(),
  }),
  status: z.looseObject({
    currentReplicas: z.number().optional(),
    desiredReplicas: z.number(),
    lastScaleTime: z.string().optional(),
  }),
});

export type Meta = z.infer<typeof metaSchema>;
export type Condition = z.infer<typeof conditionSchema>;
export type PodTemplate = z.infer<typeof templateSchema>;
export type Deployment = z.infer<typeof deploymentSchema>;
export type ReplicaSet = z.infer<typeof replicaSetSchema>;
export type Pod = z.infer<typeof podSchema>;
export type ContainerStatus = z.infer<typeof containerStatusSchema>;
export type Namespace = z.infer<typeof namespaceSchema>;
export type KubeEvent = z.infer<typeof eventSchema>;
export type DisruptionBudget = z.infer<typeof budgetSchema>;
export type Autoscaler = z.infer<typeof autoscalerSchema>;

/** Which type stands behind which plural name. */
export type Kinds = {
  namespaces: Namespace;
  deployments: Deployment;
  replicasets: ReplicaSet;
  pods: Pod;
  events: KubeEvent;
  poddisruptionbudgets: DisruptionBudget;
  horizontalpodautoscalers: Autoscaler;
};

export type Resource = keyof Kinds;
export type KubeObject = Kinds[Resource];
