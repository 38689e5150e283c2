import { CodedError } from '../../errors.ts';
import type { DeploymentRef } from '../../ports/cluster.ts';

/** RFC 1123: a namespace is one label, a deployment a subdomain of labels; at most 63 and 253 characters. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const MAX_NAME = 253;

/**
 * Refuses what Kubernetes would not accept as a name, before any path is built of it, and what belongs to the cluster
 * itself (kube-*).
 * @throws CodedError bad_input
 */
export function checkRef(ref: DeploymentRef): void {
  const bad = [problem('namespace', ref.namespace, false), problem('deployment', ref.name, true)].find(
    (one) => one !== undefined,
  );
  if (bad !== undefined) throw new CodedError('bad_input', bad);
}

function problem(what: string, name: string, dotted: boolean): string | undefined {
  const labels = dotted ? name.split('.') : [name];
  if (name.length > MAX_NAME || !labels.every((label) => LABEL.test(label))) {
    return `That is not the name of a ${what}: lower case letters, digits and dashes only.`;
  }
  return name.startsWith('kube-') ? `Tocsin leaves what belongs to the cluster (kube-*) alone.` : undefined;
}
