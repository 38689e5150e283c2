import { createHash } from 'node:crypto';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Person } from '../people/model.ts';

/** Everything that an approval is bound to; when any of it changes, it is another request. */
export interface BoundFacts {
  readonly action: string;
  readonly target: string;
  readonly params: JsonObject;
  readonly spec: JsonObject;
  readonly playbookVersion: string | null;
  readonly requestedBy: Person;
  readonly expiresAt: Date;
}

/** SHA-256, hex, over the canonical JSON of what is bound. */
export function planHash(facts: BoundFacts): string {
  const { action, target, params, spec, playbookVersion, requestedBy, expiresAt } = facts;
  const text = canonicalJson({
    action,
    target,
    params,
    spec,
    playbookVersion,
    requester: requestedBy.personId,
    expiresAt,
  });
  return createHash('sha256').update(text).digest('hex');
}
