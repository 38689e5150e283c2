import { z } from 'zod';
import type { Service } from '../config/model.ts';
import { CodedError } from '../errors.ts';
import type { JsonObject } from '../lib/json.ts';
import type { ClusterReader, ClusterWriter } from '../ports/cluster.ts';
import type { ProbeHealth } from '../ports/health.ts';
import type { Plan, Progress } from './model.ts';

/** What an action may look at; what it may change stands apart and is given to `execute` alone. */
export interface ActionReaders {
  readonly cluster: ClusterReader;
  readonly health: ProbeHealth;
}

export interface ActionWriters {
  readonly cluster: ClusterWriter;
}

export interface ActionCall<P> {
  readonly service: Service;
  readonly params: P;
}

export type PlanAnswer =
  { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly reason: string };

export interface VerifyOptions {
  /** What `execute` was given. */
  readonly stamp: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export interface Verification {
  readonly outcome: 'succeeded' | 'failed' | 'unknown';
  /** A sentence or two: how it ended, and what was seen. */
  readonly text: string;
  readonly facts: JsonObject | null;
}

/** A typed verb, never a shell line. `O` is what it observes; `P` its parameters. */
export interface ActionDefinition<P, O> {
  /** Also the file's name. */
  readonly id: string;
  /** The verb, as on buttons: "Restart". */
  readonly title: string;
  /** One line that says what it does and to what. */
  readonly summary: string;
  /** An object schema; the modal's inputs, their labels (`meta`) and errors come from it. */
  readonly params: z.ZodType<P>;
  /** Live state, in at most `timeoutMs`. */
  readonly observe: (
    readers: ActionReaders,
    call: ActionCall<P>,
    options: { readonly timeoutMs: number },
  ) => Promise<O>;
  /** Names what is touched: the key of the lock. */
  readonly target: (observed: O) => string;
  /** What an approval is bound to: the specification, never the status. */
  readonly spec: (observed: O) => JsonObject;
  /** What the record keeps of an observation. */
  readonly facts: (observed: O) => JsonObject;
  /** Pure: words for the approver, or why it makes no sense now. */
  readonly plan: (call: ActionCall<P>, observed: O) => PlanAnswer;
  /** Whether an observation shows that `execute` with this stamp has happened. */
  readonly isApplied: (observed: O, stamp: string) => boolean;
  /**
   * Does it, and refuses when what was observed has changed (`conflict`). Calling it again with the same stamp changes
   * nothing more.
   * @param stamp the instant of approval, ISO 8601
   */
  readonly execute: (
    writers: ActionWriters,
    call: ActionCall<P>,
    observed: O,
    stamp: string,
  ) => Promise<void>;
  /** Follows what was started to its end and looks whether the service is well. */
  readonly verify: (
    readers: ActionReaders,
    call: ActionCall<P>,
    options: VerifyOptions,
  ) => Promise<Verification>;
  /** The same by hand, to copy. */
  readonly manualCommand: (call: ActionCall<P>) => string;
}

/** What was observed, together with what can be said and done about it. */
export interface Observed {
  readonly target: string;
  readonly spec: JsonObject;
  readonly facts: JsonObject;
  readonly plan: () => PlanAnswer;
  readonly isApplied: (stamp: string) => boolean;
  readonly execute: (writers: ActionWriters, stamp: string) => Promise<void>;
}

/** An action with its service and validated parameters. */
export interface BoundAction {
  readonly params: JsonObject;
  readonly manualCommand: string;
  readonly observe: (readers: ActionReaders, options: { readonly timeoutMs: number }) => Promise<Observed>;
  readonly verify: (readers: ActionReaders, options: VerifyOptions) => Promise<Verification>;
}

export interface Action {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  /** JSON Schema of the parameters, for modals and documentation. */
  readonly paramsSchema: JsonObject;
  /** @throws CodedError bad_input that names the parameter, or that says why the service has no such thing */
  readonly bind: (service: Service, params: unknown) => BoundAction;
}

export type Actions = ReadonlyMap<string, Action>;

/** The default export of src/actions/<id>.ts. */
export function defineAction<P extends JsonObject, O>(definition: ActionDefinition<P, O>): Action {
  const { id, title, summary, params } = definition;
  return {
    id,
    title,
    summary,
    paramsSchema: JsonSchema.parse(z.toJSONSchema(params, { io: 'input' })),
    bind: (service, given) => bind(definition, { service, params: parseParams(params, given) }),
  };
}

export function isAction(value: unknown): value is Action {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  return (
    ['id', 'title', 'summary'].every((name) => typeof fields[name] === 'string') &&
    typeof fields['paramsSchema'] === 'object' &&
    typeof fields['bind'] === 'function'
  );
}

const JsonSchema = z.record(z.string(), z.json());

function bind<P extends JsonObject, O>(definition: ActionDefinition<P, O>, call: ActionCall<P>): BoundAction {
  return {
    params: call.params,
    manualCommand: definition.manualCommand(call),
    observe: async (readers, options) =>
      withObserved(definition, call, await definition.observe(readers, call, options)),
    verify: (readers, options) => definition.verify(readers, call, options),
  };
}

function withObserved<P, O>(definition: ActionDefinition<P, O>, call: ActionCall<P>, observed: O): Observed {
  return {
    target: definition.target(observed),
    spec: definition.spec(observed),
    facts: definition.facts(observed),
    plan: () => definition.plan(call, observed),
    isApplied: (stamp) => definition.isApplied(observed, stamp),
    execute: (writers, stamp) => definition.execute(writers, call, observed, stamp),
  };
}

function parseParams<P>(schema: z.ZodType<P>, given: unknown): P {
  const answer = schema.safeParse(given);
  if (answer.success) return answer.data;
  const issue = answer.error.issues[0];
  const name = issue?.path.join('.') ?? '';
  throw new CodedError(
    'bad_input',
    `${name === '' ? 'Parameters' : name}: ${issue?.message ?? 'not valid'}.`,
    {
      details: { parameter: name },
    },
  );
}
