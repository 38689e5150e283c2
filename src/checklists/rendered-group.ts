import type { ChecklistItem, RenderedGroup } from './model.ts';

/** Which boxes a message showed, and how: small enough for a `block_id` (255 characters), so a click needs no history. */
export interface GroupAddress {
  readonly checklistId: string;
  /** Position of the phase in the playbook, from 0. */
  readonly phase: number;
  /** Position of the group in the phase, from 0. */
  readonly group: number;
}

export interface ParsedGroup {
  readonly address: GroupAddress;
  readonly rendered: RenderedGroup;
}

const SHAPE = /^tick:([\w-]{1,64}):(\d{1,3}):(\d{1,3}):(\d{1,9}):([01-]{1,10})$/;

/** What the boxes show for these items: done is checked, skipped is not offered. */
export function renderGroup(items: readonly ChecklistItem[], version: number): RenderedGroup {
  const offered = items.filter((item) => item.state !== 'skipped');
  return {
    version,
    boxes: new Map(offered.map((item) => [item.stepId, item.state === 'done' ? 'checked' : 'unchecked'])),
  };
}

/** `tick:<checklist>:<phase>:<group>:<version>:<boxes>`, a box being 1, 0 or - for not offered. */
export function groupBlockId(
  address: GroupAddress,
  stepIds: readonly string[],
  rendered: RenderedGroup,
): string {
  const boxes = stepIds.map((id) => MARKS[rendered.boxes.get(id) ?? 'absent']).join('');
  return `tick:${address.checklistId}:${address.phase}:${address.group}:${rendered.version}:${boxes}`;
}

const MARKS = { checked: '1', unchecked: '0', absent: '-' } as const;

/** The reverse; null for another kind of block. `stepsOf` gives the group's step ids, in the playbook's order. */
export function parseGroupBlockId(
  blockId: string,
  stepsOf: (address: GroupAddress) => readonly string[],
): ParsedGroup | null {
  const [, checklistId, phase, group, version, marks] = SHAPE.exec(blockId) ?? [];
  if (checklistId === undefined || marks === undefined) return null;
  const address: GroupAddress = { checklistId, phase: Number(phase), group: Number(group) };
  const steps = stepsOf(address);
  if (steps.length !== marks.length) return null;
  const boxes = new Map<string, 'checked' | 'unchecked'>();
  for (const [index, id] of steps.entries()) {
    const mark = marks[index];
    if (mark !== '-') boxes.set(id, mark === '1' ? 'checked' : 'unchecked');
  }
  return { address, rendered: { version: Number(version), boxes } };
}
