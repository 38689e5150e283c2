import type { Deployment, PodTemplate } from './objects.ts';
import { canonicalJson, isRecord, sameJson } from './same-json.ts';

export const HASH_LABEL = 'pod-template-hash';
export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED = 'deployment.kubernetes.io/desired-replicas';
export const MAXIMUM = 'deployment.kubernetes.io/max-replicas';

/** The API's alphabet for generated names: no vowels, nothing that reads like another letter. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

/** A short name part that depends on the template only (FNV-1a, 32 bits, in the API's safe alphabet). */
export function templateHash(template: PodTemplate): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(canonicalJson(withoutEmpty(template)))) {
    hash ^= byte;
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return String(hash).replaceAll(/\d/g, (digit) => SAFE.charAt(digit.charCodeAt(0) % SAFE.length));
}

/** Five random letters, as in pod names. */
export function nameSuffix(random: () => number, length = 5): string {
  return Array.from({ length }, () => SAFE[Math.floor(random() * SAFE.length)]).join('');
}

/**
 * Same template, apart from the hash label that a replica set adds. Empty and missing are the same: clients
 * write back typed templates (kubectl rollout undo does), and those differ in just that.
 */
export function sameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return sameJson(withoutEmpty(withoutHash(a)), withoutEmpty(withoutHash(b)));
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value)
    .map(([key, part]) => [key, withoutEmpty(part)] as const)
    .filter(([, part]) => part !== null && part !== undefined && !isEmpty(part));
  return Object.fromEntries(kept);
}

function isEmpty(part: unknown): boolean {
  return Array.isArray(part) ? part.length === 0 : isRecord(part) && Object.keys(part).length === 0;
}

/** How many pods beyond and below `replicas` a rolling update may have; never both zero. */
export function rollingBounds(deployment: Deployment): { surge: number; unavailable: number } {
  const { replicas, strategy } = deployment.spec;
  if (strategy.type === 'Recreate') return { surge: 0, unavailable: 0 };
  const surge = resolve(strategy.rollingUpdate?.maxSurge ?? '25%', replicas, Math.ceil);
  const unavailable = resolve(strategy.rollingUpdate?.maxUnavailable ?? '25%', replicas, Math.floor);
  return { surge, unavailable: Math.min(replicas, surge === 0 && unavailable === 0 ? 1 : unavailable) };
}

export function resolve(value: number | string, total: number, round: (part: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) * total) / 100);
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { [HASH_LABEL]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
