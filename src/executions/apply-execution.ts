import { setTimeout as wait } from 'node:timers/promises';
import { CodedError, toCodedError } from '../errors.ts';
import type { Observed } from './define-action.ts';
import { EXECUTOR } from './run.ts';
import type { Run } from './run.ts';
import type { Execution } from './model.ts';
import { move } from './move.ts';
import { observeNow } from './observe-now.ts';
import { describeChanges, specChanges } from './spec-changes.ts';
import { stampOf } from './start-execution.ts';
import { supersede } from './supersede.ts';

/** Seconds after its start in which the write must be known to have happened; then people take over. */
const APPLY_WITHIN = 60;
/** Milliseconds between tries against a cluster that has trouble. */
const PAUSE = 500;

/**
 * From running to verifying: looks, writes only if what is there is still what was approved, and looks again after
 * every answer that is not clear. The write is the same each time and refused by the cluster when anything changed in
 * between, so doing it again can only have the effect of doing it once.
 */
export async function applyExecution(
  run: Run,
  execution: Execution,
  { isTakeOver }: { readonly isTakeOver: boolean },
): Promise<Execution | undefined> {
  // A former run may have written and died before it could say so.
  let state: Applying = { mayHaveHappened: isTakeOver, trouble: null };
  for (;;) {
    if (run.signal.aborted) throw new CodedError('unavailable', 'Another replica goes on with this.');
    const step = await tryOnce(run, execution, state);
    if (step.kind === 'ended') return step.execution;
    state = step.state;
    if (await isOverdue(run, execution)) return giveUp(run, execution, state);
    await wait(step.pause);
  }
}

interface Applying {
  /** A write was sent that got no clear answer, now or by a former run. */
  readonly mayHaveHappened: boolean;
  readonly trouble: CodedError | null;
}

type Step =
  | { readonly kind: 'ended'; readonly execution: Execution | undefined }
  | { readonly kind: 'again'; readonly state: Applying; readonly pause: number };

async function tryOnce(run: Run, execution: Execution, state: Applying): Promise<Step> {
  const stamp = stampOf(execution);
  const observed = await observe(run);
  if (observed instanceof CodedError) {
    if (!observed.retryable) return ended(await cannotLook(run, execution, state, observed));
    return { kind: 'again', state: { ...state, trouble: observed }, pause: PAUSE };
  }
  if (observed.isApplied(stamp)) return ended(await applied(run, execution, observed));
  const changes = specChanges(execution.spec ?? {}, observed.spec);
  if (changes.length > 0) {
    return ended(
      state.mayHaveHappened
        ? await unclear(run, execution, observed, describeChanges(changes))
        : await supersede(run, execution, { observed, changes, from: 'running' }),
    );
  }
  return write(run, execution, state, observed);
}

async function write(run: Run, execution: Execution, state: Applying, observed: Observed): Promise<Step> {
  try {
    await observed.execute({ cluster: run.deps.clusterWriter }, stampOf(execution));
    return ended(await applied(run, execution, observed));
  } catch (thrown) {
    const error = toCodedError(thrown);
    run.deps.log.warn({ err: error, execution: execution.id }, 'a write to the target did not succeed');
    switch (error.code) {
      case 'conflict':
        // Refused for certain, mostly because the status moved: look again and try soon.
        return { kind: 'again', state: { ...state, trouble: error }, pause: 50 };
      case 'unavailable':
      case 'rate_limited':
        return { kind: 'again', state: { ...state, trouble: error }, pause: PAUSE };
      case 'ambiguous':
        return { kind: 'again', state: { mayHaveHappened: true, trouble: error }, pause: PAUSE };
      default:
        return ended(await fail(run, execution, `Nothing was done. ${error.userMessage}`));
    }
  }
}

async function observe(run: Run): Promise<Observed | CodedError> {
  try {
    return await observeNow(run);
  } catch (thrown) {
    return toCodedError(thrown);
  }
}

async function applied(
  { deps }: Run,
  execution: Execution,
  observed: Observed,
): Promise<Execution | undefined> {
  const moved = await move(deps, execution.id, ['running', 'verifying'], {
    actor: EXECUTOR,
    data: { before: observed.facts },
  });
  return moved.execution;
}

async function fail({ deps }: Run, execution: Execution, outcome: string): Promise<Execution | undefined> {
  const moved = await move(deps, execution.id, ['running', 'failed'], {
    actor: EXECUTOR,
    set: { outcome },
    texts: { outcome },
  });
  return moved.execution;
}

async function unknown(
  { deps }: Run,
  execution: Execution,
  outcome: string,
  observed?: Observed,
): Promise<Execution | undefined> {
  const moved = await move(deps, execution.id, ['running', 'unknown'], {
    actor: EXECUTOR,
    set: { outcome, ...(observed === undefined ? {} : { observedAfter: observed.facts }) },
    texts: { outcome },
  });
  return moved.execution;
}

function unclear(
  run: Run,
  execution: Execution,
  observed: Observed,
  changes: string,
): Promise<Execution | undefined> {
  const outcome = `It may have been done and changed again since, or not at all: ${changes}. A person has to look.`;
  return unknown(run, execution, outcome, observed);
}

async function cannotLook(
  run: Run,
  execution: Execution,
  state: Applying,
  error: CodedError,
): Promise<Execution | undefined> {
  return state.mayHaveHappened
    ? unknown(run, execution, `It may have been done, but cannot be looked at: ${error.userMessage}`)
    : fail(run, execution, `Nothing was done. ${error.userMessage}`);
}

async function giveUp(run: Run, execution: Execution, state: Applying): Promise<Execution | undefined> {
  const trouble = state.trouble?.userMessage ?? '';
  return state.mayHaveHappened
    ? unknown(
        run,
        execution,
        `It may have been done: no clear answer within ${APPLY_WITHIN} s. ${trouble} A person has to look.`,
      )
    : fail(run, execution, `Nothing was done within ${APPLY_WITHIN} s. ${trouble}`);
}

async function isOverdue({ deps }: Run, execution: Execution): Promise<boolean> {
  const answer = await deps.db.query<{ late: boolean | null }>(
    `select started_at < app.now() - make_interval(secs => $2) as late from executions where id = $1`,
    [execution.id, APPLY_WITHIN],
  );
  return answer.rows[0]?.late ?? true;
}

function ended(execution: Execution | undefined): Step {
  return { kind: 'ended', execution };
}
