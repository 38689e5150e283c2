import type { Queryable } from '../db/database.ts';
import type { Deps } from '../deps.ts';
import { refreshSurfaces } from '../surfaces/want-surface.ts';
import type { ExecutionState } from './model.ts';
import { transition } from './transition.ts';
import type { TransitionAnswer, TransitionFields } from './transition.ts';

/** Moves an execution and has its messages drawn again, in the caller's transaction; ends with the log row. */
export async function moveIn(
  tx: Queryable,
  deps: Pick<Deps, 'enqueue'>,
  id: string,
  [from, to]: readonly [ExecutionState | readonly ExecutionState[], ExecutionState],
  fields: TransitionFields,
): Promise<TransitionAnswer> {
  // The row before its messages, everywhere in this order: two who act at once wait instead of blocking each other.
  await tx.query('select from executions where id = $1 for update', [id]);
  await refreshSurfaces(tx, deps.enqueue, 'execution', id);
  await refreshSurfaces(tx, deps.enqueue, 'approval', id);
  return transition(tx, id, from, to, fields);
}

/** The same in a transaction of its own. */
export async function move(
  deps: Pick<Deps, 'db' | 'enqueue'>,
  id: string,
  path: readonly [ExecutionState | readonly ExecutionState[], ExecutionState],
  fields: TransitionFields,
): Promise<TransitionAnswer> {
  return deps.db.transaction((tx) => moveIn(tx, deps, id, path, fields));
}
