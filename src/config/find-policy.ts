import type { Severity } from '../incidents/model.ts';
import type { Policy } from './model.ts';

export interface PolicyQuestion {
  readonly action: string;
  readonly service: string | null;
  readonly environment: string;
  readonly severity: Severity;
}

/** The first policy that matches; undefined means that nobody may (unknown is refused). */
export function findPolicy(policies: readonly Policy[], question: PolicyQuestion): Policy | undefined {
  return policies.find(
    ({ match }) =>
      includes(match.actions, question.action) &&
      includes(match.services, question.service ?? '') &&
      includes(match.environments, question.environment) &&
      match.severities.includes(question.severity),
  );
}

function includes(allowed: readonly string[], value: string): boolean {
  return allowed.includes('*') || allowed.includes(value);
}
