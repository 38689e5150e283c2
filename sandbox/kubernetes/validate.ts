import type { z } from 'zod';

import {
  autoscalerSchema,
  budgetSchema,
  type Deployment,
  deploymentSchema,
  eventSchema,
  type Kinds,
  namespaceSchema,
  podSchema,
  replicaSetSchema,
  type Resource,
} from './objects.ts';
import type { ResourceInfo } from './resources.ts';
import { isRecord, sameJson } from './same-json.ts';
import { hasLabels } from './selectors.ts';
import { badRequest, invalid, type StatusCause } from './status.ts';

const SCHEMAS: { [R in Resource]: z.ZodType<Kinds[R]> } = {
  namespaces: namespaceSchema,
  deployments: deploymentSchema,
  replicasets: replicaSetSchema,
  pods: podSchema,
  events: eventSchema,
  poddisruptionbudgets: budgetSchema,
  horizontalpodautoscalers: autoscalerSchema,
};

/**
 * The written JSON as an object of its kind.
 *
 * @throws StatusError 400 for a value of the wrong type, 422 with the field for one that is not allowed.
 */
export function validated<R extends Resource>(
  info: ResourceInfo & { resource: R },
  name: string,
  json: unknown,
): Kinds[R] {
  const schema: z.ZodType<Kinds[R]> = SCHEMAS[info.resource];
  const result = schema.safeParse(json);
  if (result.success) {
    if (result.data.kind === 'Deployment') checkDeployment(info, result.data);
    return result.data;
  }
  const causes = result.error.issues.map((issue) => {
    const value = valueAt(json, issue.path);
    const field = fieldOf(issue.path);
    if (
      issue.code === 'invalid_type' &&
      value !== undefined &&
      !(typeof value === 'number' && issue.expected === 'int')
    ) {
      throw badRequest(
        `${info.kind} in version "${info.version}" cannot be handled as a ${info.kind}: json: cannot unmarshal ${typeof value} into field ${field}`,
      );
    }
    return causeOf(field, value, issue.message);
  });
  throw invalid(info, name, causes);
}

/** Defaults as the API server fills them in for a deployment that says nothing. */
export function withDefaults(json: unknown): unknown {
  if (!isRecord(json) || !isRecord(json.spec) || json.kind !== 'Deployment') return json;
  const strategy = isRecord(json.spec.strategy) ? json.spec.strategy : {};
  const type = strategy.type ?? 'RollingUpdate';
  const rolling =
    type === 'RollingUpdate' ? { rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } } : {};
  return {
    status: {},
    ...json,
    spec: {
      replicas: 1,
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      ...json.spec,
      strategy: { ...rolling, ...strategy, type },
    },
  };
}

/** @throws StatusError 422 when a field changes that never may. */
export function checkImmutable(info: ResourceInfo, before: Kinds[Resource], after: Kinds[Resource]): void {
  if (before.kind !== 'Deployment' || after.kind !== 'Deployment') return;
  if (sameJson(before.spec.selector, after.spec.selector)) return;
  throw invalid(info, after.metadata.name, [
    causeOf('spec.selector', after.spec.selector, 'field is immutable'),
  ]);
}

function checkDeployment(info: ResourceInfo, deployment: Deployment): void {
  const { selector, template, strategy } = deployment.spec;
  const causes: StatusCause[] = [];
  if (!hasLabels(template.metadata?.labels, selector.matchLabels ?? {})) {
    causes.push(
      causeOf(
        'spec.template.metadata.labels',
        template.metadata?.labels,
        '`selector` does not match template `labels`',
      ),
    );
  }
  if (strategy.type === 'Recreate' && strategy.rollingUpdate !== undefined) {
    causes.push({
      reason: 'FieldValueForbidden',
      message: "Forbidden: may not be specified when strategy `type` is 'Recreate'",
      field: 'spec.strategy.rollingUpdate',
    });
  }
  const names = template.spec.containers.map((container) => container.name);
  names.forEach((name, index) => {
    if (names.indexOf(name) === index) return;
    const field = `spec.template.spec.containers[${index}].name`;
    causes.push({
      reason: 'FieldValueDuplicate',
      message: `Duplicate value: ${JSON.stringify(name)}`,
      field,
    });
  });
  if (causes.length > 0) throw invalid(info, deployment.metadata.name, causes);
}

function causeOf(field: string, value: unknown, why: string): StatusCause {
  if (value === undefined || value === '')
    return { reason: 'FieldValueRequired', message: 'Required value', field };
  const said = typeof value === 'number' && value < 0 ? 'must be greater than or equal to 0' : why;
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${said}`, field };
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  let at: unknown = json;
  for (const key of path) {
    if (Array.isArray(at)) at = at[Number(key)];
    else at = isRecord(at) ? at[String(key)] : undefined;
  }
  return at;
}
