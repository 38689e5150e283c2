/** A deployment as configuration names it; `context` null is the kubeconfig's current one, or the cluster we run in. */
export interface DeploymentRef {
  readonly context: string | null;
  readonly namespace: string;
  readonly name: string;
}

export interface ReplicaCounts {
  readonly desired: number;
  /** Pods that exist, of any revision. */
  readonly current: number;
  /** Pods of the newest revision. */
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
}

/** Counts or percentages as written in the deployment, such as 1 or "25%". */
export type RolloutStrategy =
  | { readonly kind: 'recreate' }
  | { readonly kind: 'rolling'; readonly maxSurge: string; readonly maxUnavailable: string };

export interface DisruptionBudget {
  readonly name: string;
  /** As written, such as "2" or "50%"; one of the two is set. */
  readonly minAvailable: string | null;
  readonly maxUnavailable: string | null;
}

export interface Autoscaler {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

export interface Deployment {
  /** The context by the name it has in the kubeconfig, also when none was asked for. */
  readonly context: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Counts changes of the specification. */
  readonly generation: number;
  /** The generation that the controller has seen. */
  readonly observedGeneration: number;
  /** "container=image" in the order of the template. */
  readonly images: readonly string[];
  readonly replicas: ReplicaCounts;
  readonly paused: boolean;
  readonly strategy: RolloutStrategy;
  /** Value of the annotation kubectl.kubernetes.io/restartedAt of the pod template. */
  readonly restartedAt: string | null;
  /** Seconds without progress after which Kubernetes calls a rollout failed. */
  readonly progressDeadlineSeconds: number;
  /** Reason of the condition Progressing, such as NewReplicaSetAvailable or ProgressDeadlineExceeded. */
  readonly progressReason: string | null;
  readonly progressMessage: string | null;
}

/** A deployment with what stands around it, for a plan. */
export interface DeploymentObservation extends Deployment {
  /** SHA-256, hex, of the pod template: changes with the specification at once, before any controller has seen it. */
  readonly templateHash: string;
  /** Label of the newest replica set; null while the controller has not made it. */
  readonly podTemplateHash: string | null;
  readonly budgets: readonly DisruptionBudget[];
  readonly autoscaler: Autoscaler | null;
  /** What could not be read for lack of rights, in words: "disruption budgets". */
  readonly unseen: readonly string[];
}

export type RolloutVerdict =
  | { readonly outcome: 'complete'; readonly text: string; readonly deployment: Deployment }
  | { readonly outcome: 'failed'; readonly text: string; readonly deployment: Deployment | null };

export interface FollowOptions {
  /** Ends following at once; the promise then rejects with `unavailable`. */
  readonly signal: AbortSignal;
  /** Called with every state that is seen, the last one included. */
  readonly onProgress: (deployment: Deployment) => void;
}

/** Reading a cluster changes nothing. Every call may throw a CodedError: not_allowed names the missing right. */
export interface ClusterReader {
  /** Deployment, newest replica set, budgets and autoscaler, in at most `timeoutMs` altogether. */
  observeDeployment(
    ref: DeploymentRef,
    options: { readonly timeoutMs: number },
  ): Promise<DeploymentObservation>;
  /**
   * Follows the rollout of the newest generation to its end, as `kubectl rollout status` judges it. Closed, reset and
   * expired watches are opened again after reading the state anew, so that none of them loses the verdict.
   */
  followRollout(ref: DeploymentRef, options: FollowOptions): Promise<RolloutVerdict>;
}

/** Writing stands apart, so that a reader can be given to code that must not write. */
export interface ClusterWriter {
  /**
   * Sets the restart annotation of the pod template to `restartedAt`, if nothing changed since `resourceVersion`. The
   * same call again changes nothing.
   * @throws CodedError `conflict` (nothing happened; observe again), `ambiguous` (it may have happened: look),
   *   `not_allowed`, `not_found`, `bad_input` (nothing happened), `unavailable` (never sent)
   */
  restartDeployment(
    ref: DeploymentRef,
    input: { readonly restartedAt: string; readonly resourceVersion: string },
  ): Promise<Deployment>;
}
