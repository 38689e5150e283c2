import type { Severity } from '../incidents/model.ts';
import type { SlackUser } from '../people/model.ts';
import type { PlaybookOrigin } from './playbook/model.ts';

export type ItemState = 'open' | 'done' | 'skipped';

/** Where one step of a checklist stands. A recurring step stays `open`; being done only moves `lastDoneAt`. */
export interface ChecklistItem {
  readonly stepId: string;
  readonly state: ItemState;
  /** Who made the last change, as the id of a person; null while untouched. */
  readonly by: string | null;
  readonly at: Date | null;
  readonly lastDoneAt: Date | null;
  readonly skipReason: string | null;
  /** The checklist's version that the last change made; 0 while untouched. */
  readonly version: number;
  /** The rendering that the last change was clicked on; null when it came by another way. */
  readonly fromVersion: number | null;
  /** Orders the clicks of one person: Slack's `action_ts` in microseconds; 0 when the change was no click. */
  readonly clickOrder: number;
}

export interface Checklist {
  readonly id: string;
  /** The text of this hash is stored; a file that changed since does not change a running checklist. */
  readonly playbookHash: string;
  /** Windows count from here. For a maintenance it is the planned start and may lie ahead. */
  readonly startedAt: Date;
  /** Set when another checklist took over, such as after a change of severity; its ticks stay. */
  readonly foldedAt: Date | null;
  /** Grows by one with every change of an item. */
  readonly version: number;
  /** By step id, in the playbook's order. */
  readonly items: ReadonlyMap<string, ChecklistItem>;
}

/** An item as it is kept, with what its message shows besides. */
export interface StoredItem extends ChecklistItem {
  /** The account that made the last change; null while untouched. */
  readonly user: SlackUser | null;
  /** When it was marked overdue; null before. A mark on a step that is done or skipped by now is not shown. */
  readonly overdueAt: Date | null;
  /** For a recurring step, the due time that a reminder was posted for last. */
  readonly remindedFor: Date | null;
}

export interface StoredChecklist extends Checklist {
  readonly incidentId: string;
  /** The one of the severity, or one that an alert brought beside it. */
  readonly role: 'main' | 'alongside';
  readonly playbookFile: string;
  readonly playbookOrigin: PlaybookOrigin;
  /** The severity it was opened for. */
  readonly severity: Severity;
  readonly items: ReadonlyMap<string, StoredItem>;
}

/** What a group of boxes showed in one rendering. A step that was not offered, such as a skipped one, is absent. */
export interface RenderedGroup {
  readonly version: number;
  readonly boxes: ReadonlyMap<string, 'checked' | 'unchecked'>;
}
