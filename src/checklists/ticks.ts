import type { Checklist, ChecklistItem, RenderedGroup } from './model.ts';

/** One person's click on a group of boxes, as Slack sends it: the whole selection, maybe of an older rendering. */
export interface Click {
  readonly rendered: RenderedGroup;
  readonly selected: readonly string[];
  readonly person: string;
  /** Slack's `action_ts` in microseconds. */
  readonly order: number;
}

export interface TickChange {
  readonly stepId: string;
  readonly to: 'done' | 'open';
  /** The item's version that the decision looked at; a store writes only while it still stands. */
  readonly expectedVersion: number;
}

/** Something the person meant that another change came before; they are told who and when. */
export interface TickConflict {
  readonly stepId: string;
  readonly wanted: 'done' | 'open';
  readonly item: ChecklistItem;
}

export interface TickResult {
  readonly changes: readonly TickChange[];
  readonly conflicts: readonly TickConflict[];
}

type Verdict = 'nothing' | 'conflict' | 'done' | 'open';

/**
 * What the person meant: the difference between the selection and what they saw, never the selection as a new state. A step
 * that somebody else changed since is left alone. Clicks on the same rendering build on the person's own earlier ones, since
 * Slack keeps their boxes until the message is drawn again; a late or repeated delivery of such a click does nothing.
 */
export function applyTick(
  items: Checklist['items'],
  click: Click,
  recurring: ReadonlySet<string>,
): TickResult {
  const changes: TickChange[] = [];
  const conflicts: TickConflict[] = [];
  for (const [stepId, shown] of click.rendered.boxes) {
    const item = items.get(stepId);
    if (item === undefined) continue;
    const selected = click.selected.includes(stepId);
    const verdict = recurring.has(stepId)
      ? judgeRecurring(item, selected, click)
      : judge(item, shown, selected, click);
    if (verdict === 'conflict') conflicts.push({ stepId, wanted: selected ? 'done' : 'open', item });
    else if (verdict !== 'nothing') changes.push({ stepId, to: verdict, expectedVersion: item.version });
  }
  return { changes, conflicts };
}

function judge(
  item: ChecklistItem,
  shown: 'checked' | 'unchecked',
  selected: boolean,
  click: Click,
): Verdict {
  const wanted = selected ? 'done' : 'open';
  if (isOwnEarlierClick(item, click))
    return item.state === wanted || click.order <= item.clickOrder ? 'nothing' : wanted;
  if (selected === (shown === 'checked')) return 'nothing';
  if (isChangedSince(item, click))
    return item.state === wanted && item.by === click.person ? 'nothing' : 'conflict';
  if (item.state === 'skipped') return 'conflict';
  return item.state === wanted ? 'nothing' : wanted;
}

/** A recurring box is always drawn empty, so a selection is "done again", counted once a rendering. */
function judgeRecurring(item: ChecklistItem, selected: boolean, click: Click): Verdict {
  if (!selected || isOwnEarlierClick(item, click)) return 'nothing';
  return isChangedSince(item, click) ? 'conflict' : 'done';
}

function isChangedSince(item: ChecklistItem, click: Click): boolean {
  return item.version > click.rendered.version;
}

function isOwnEarlierClick(item: ChecklistItem, click: Click): boolean {
  return (
    isChangedSince(item, click) && item.by === click.person && item.fromVersion === click.rendered.version
  );
}

/** The checklist after these changes; one version more when there is any. `at` is the database's time. */
export function commitTick(
  checklist: Checklist,
  changes: readonly TickChange[],
  click: Click,
  at: Date,
  recurring: ReadonlySet<string>,
): Checklist {
  if (changes.length === 0) return checklist;
  const version = checklist.version + 1;
  const items = new Map(checklist.items);
  for (const { stepId, to } of changes) {
    const item = items.get(stepId);
    if (item === undefined) continue;
    items.set(stepId, {
      ...item,
      state: recurring.has(stepId) ? 'open' : to,
      by: click.person,
      at,
      lastDoneAt: to === 'done' ? at : item.lastDoneAt,
      version,
      fromVersion: click.rendered.version,
      clickOrder: click.order,
    });
  }
  return { ...checklist, version, items };
}
