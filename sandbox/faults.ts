/** One thing that goes wrong. What each kind does is told in the README. */
export type Fault =
  | { kind: 'ok_false'; error: string }
  | { kind: 'rate_limited'; retry_after: number }
  | { kind: 'status'; code: number }
  | { kind: 'timeout_before'; ms: number }
  | { kind: 'reset_before' }
  | { kind: 'processed_then_reset' }
  | { kind: 'slow'; ms: number }
  | { kind: 'duplicate'; times: number }
  | { kind: 'half_open' }
  | { kind: 'drop_watch' }
  | { kind: 'watch_gone' };

export type ArmedFault = {
  id: string;
  /** `slack:<method>`, `kubernetes:<VERB> <path prefix>` or `delivery`; `*` stands for anything. */
  target: string;
  /** Only calls whose facts (channel, user, …) equal these. */
  match?: Record<string, string>;
  fault: Fault;
  /** How many calls it still hits; -1 until it is cleared. */
  times: number;
};

export type Faults = {
  arm: (fault: Omit<ArmedFault, 'id'>) => ArmedFault;
  /** The first armed fault for this call, used up by one; undefined when the call is to go well. `only` leaves others armed. */
  take: (
    target: string,
    facts?: Record<string, string | undefined>,
    only?: (fault: Fault) => boolean,
  ) => Fault | undefined;
  list: () => ArmedFault[];
  /** Clears one, or all. */
  clear: (id?: string) => void;
};

/** Kind → the field it needs beside its name. */
const KINDS: Record<Fault['kind'], { field: string; type: 'string' | 'number' } | undefined> = {
  ok_false: { field: 'error', type: 'string' },
  rate_limited: { field: 'retry_after', type: 'number' },
  status: { field: 'code', type: 'number' },
  timeout_before: { field: 'ms', type: 'number' },
  reset_before: undefined,
  processed_then_reset: undefined,
  slow: { field: 'ms', type: 'number' },
  duplicate: { field: 'times', type: 'number' },
  half_open: undefined,
  drop_watch: undefined,
  watch_gone: undefined,
};

/** True for a fault that the sandbox can inject, with what its kind needs. */
export function isFault(value: unknown): value is Fault {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const kind = Object.entries(KINDS).find(([name]) => name === value.kind);
  if (!kind) return false;
  const needs = kind[1];
  if (!needs) return true;
  const given = Object.entries(value).find(([field]) => field === needs.field)?.[1];
  return typeof given === needs.type;
}

/** The armed faults, in memory: a restarted sandbox is a healthy one. */
export function createFaults(newId: (prefix: string) => string): Faults {
  let armed: ArmedFault[] = [];
  return {
    arm: (fault) => {
      const stored = { id: newId('F'), ...fault };
      armed.push(stored);
      return stored;
    },
    take: (target, facts = {}, only = () => true) => {
      const hit = armed.find(
        (fault) => fault.times !== 0 && only(fault.fault) && applies(fault, target, facts),
      );
      if (!hit) return undefined;
      if (hit.times > 0) hit.times -= 1;
      if (hit.times === 0) armed = armed.filter((fault) => fault !== hit);
      return hit.fault;
    },
    list: () => [...armed],
    clear: (id) => {
      armed = id === undefined ? [] : armed.filter((fault) => fault.id !== id);
    },
  };
}

function applies(fault: ArmedFault, target: string, facts: Record<string, string | undefined>): boolean {
  if (!targetMatches(fault.target, target)) return false;
  return Object.entries(fault.match ?? {}).every(([key, value]) => facts[key] === value);
}

/** Exact, with `*` for anything; a Kubernetes path also stands for all that is below it. */
function targetMatches(pattern: string, target: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  const open = pattern.startsWith('kubernetes:') ? '' : '$';
  return new RegExp(`^${parts.join('.*')}${open}`).test(target);
}
