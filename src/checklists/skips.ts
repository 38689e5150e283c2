import { err, ok } from '../lib/result.ts';
import type { Result } from '../lib/result.ts';
import type { Checklist, ChecklistItem } from './model.ts';

/** The reasons to pick from: an overflow menu of Slack has five entries, and one is kept free. */
export const SKIP_REASONS = [
  { id: 'not-needed', text: 'Does not apply here' },
  { id: 'done-elsewhere', text: 'Done outside this checklist' },
  { id: 'not-possible', text: 'Cannot be done now' },
  { id: 'too-risky', text: 'Too risky now' },
] as const;

export type SkipReason = (typeof SKIP_REASONS)[number]['id'];

export interface SkipRequest {
  readonly stepId: string;
  /** Null puts a skipped step back. */
  readonly reason: SkipReason | null;
  readonly person: string;
  /** The item's version that the person saw: another change since then is left alone. */
  readonly seenVersion: number;
  readonly at: Date;
}

/** Skips an open step, or puts a skipped one back. The error is a sentence for the person and the item as it stands. */
export function applySkip(
  checklist: Checklist,
  request: SkipRequest,
): Result<Checklist, { readonly message: string; readonly item: ChecklistItem | null }> {
  const item = checklist.items.get(request.stepId);
  if (item === undefined)
    return err({ message: 'This step is not part of the checklist any more.', item: null });
  if (item.version > request.seenVersion)
    return err({ message: 'Somebody changed this step a moment ago.', item });
  const from = request.reason === null ? 'skipped' : 'open';
  if (item.state !== from) {
    const message =
      item.state === 'done'
        ? 'This step is already done; untick it first.'
        : `This step is already ${item.state}.`;
    return err({ message, item });
  }
  const version = checklist.version + 1;
  const next: ChecklistItem = {
    ...item,
    state: request.reason === null ? 'open' : 'skipped',
    skipReason: request.reason,
    by: request.person,
    at: request.at,
    version,
    fromVersion: null,
    clickOrder: 0,
  };
  return ok({ ...checklist, version, items: new Map(checklist.items).set(item.stepId, next) });
}

/** The reason in words, also of one that this version does not know. */
export function skipReasonText(reason: unknown): string {
  return SKIP_REASONS.find(({ id }) => id === reason)?.text ?? 'no reason known';
}

export function isSkipReason(reason: string): reason is SkipReason {
  return SKIP_REASONS.some(({ id }) => id === reason);
}
