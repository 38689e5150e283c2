import type { Queryable } from '../db/database.ts';
import type { Severity } from '../incidents/model.ts';
import type { Person } from '../people/model.ts';
import type { ItemState, StoredChecklist, StoredItem } from './model.ts';
import type { Playbook, PlaybookOrigin } from './playbook/model.ts';

interface ChecklistRow extends Record<string, unknown> {
  id: string;
  incident_id: string;
  role: StoredChecklist['role'];
  playbook_hash: string;
  playbook_file: string;
  playbook_origin: PlaybookOrigin;
  severity: Severity;
  started_at: Date;
  folded_at: Date | null;
  version: string;
}

interface ItemRow extends Record<string, unknown> {
  checklist_id: string;
  step_id: string;
  state: ItemState;
  by_person: string | null;
  by_team: string | null;
  by_user: string | null;
  changed_at: Date | null;
  last_done_at: Date | null;
  skip_reason: string | null;
  version: string;
  from_version: string | null;
  click_order: string;
  overdue_at: Date | null;
  reminded_for: Date | null;
}

export async function getChecklist(db: Queryable, id: string): Promise<StoredChecklist | undefined> {
  const rows = await db.query<ChecklistRow>('select * from checklists where id = $1', [id]);
  return (await withItems(db, rows.rows))[0];
}

/** The checklist with its items, locked until the transaction ends. */
export async function lockChecklist(tx: Queryable, id: string): Promise<StoredChecklist | undefined> {
  const rows = await tx.query<ChecklistRow>('select * from checklists where id = $1 for update', [id]);
  return (await withItems(tx, rows.rows))[0];
}

/** Locks the running checklists of an incident, always in the same order: what is decided on them holds. */
export async function lockChecklists(tx: Queryable, incidentId: string): Promise<void> {
  await tx.query(
    'select id from checklists where incident_id = $1 and folded_at is null order by id for update',
    [incidentId],
  );
}

/** All checklists of an incident, also the folded ones: the main ones first, each in the order they began. */
export async function listChecklists(db: Queryable, incidentId: string): Promise<readonly StoredChecklist[]> {
  const rows = await db.query<ChecklistRow>(
    `select * from checklists where incident_id = $1
     order by role = 'alongside', started_at, folded_at nulls last, playbook_file`,
    [incidentId],
  );
  return withItems(db, rows.rows);
}

/** Keeps the text under its hash and opens a checklist on it with every step untouched. */
export async function insertChecklist(
  tx: Queryable,
  checklist: Pick<StoredChecklist, 'id' | 'incidentId' | 'role' | 'severity' | 'startedAt'>,
  playbook: Playbook,
): Promise<void> {
  await tx.query('insert into playbook_texts (hash, text) values ($1, $2) on conflict do nothing', [
    playbook.contentHash,
    playbook.text,
  ]);
  await tx.query(
    `insert into checklists (id, incident_id, role, playbook_hash, playbook_file, playbook_origin, severity, started_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      checklist.id,
      checklist.incidentId,
      checklist.role,
      playbook.contentHash,
      playbook.file,
      playbook.origin,
      checklist.severity,
      checklist.startedAt,
    ],
  );
  await tx.query(
    `insert into checklist_items (checklist_id, step_id, position)
     select $1, step_id, position from unnest($2::text[]) with ordinality as steps (step_id, position)`,
    [checklist.id, playbook.phases.flatMap((phase) => phase.steps.map((step) => step.id))],
  );
}

export async function foldChecklistRow(tx: Queryable, id: string): Promise<void> {
  await tx.query('update checklists set folded_at = app.now() where id = $1 and folded_at is null', [id]);
}

/**
 * Writes the items that differ from `before`, each only while it still has the version that was decided on.
 * @throws Error when one had moved on: the caller holds the checklist's lock, so this is a fault of ours
 */
export async function saveItems(
  tx: Queryable,
  before: StoredChecklist,
  after: Pick<StoredChecklist, 'version'> & {
    readonly items: ReadonlyMap<string, Omit<StoredItem, 'user' | 'overdueAt' | 'remindedFor'>>;
  },
  person: Person,
): Promise<void> {
  for (const [stepId, item] of after.items) {
    const old = before.items.get(stepId);
    if (old === undefined || old.version === item.version) continue;
    const answer = await tx.query(
      `update checklist_items set state = $4, by_person = $5, by_team = $6, by_user = $7, changed_at = $8,
         last_done_at = $9, skip_reason = $10, version = $11, from_version = $12, click_order = $13
       where checklist_id = $1 and step_id = $2 and version = $3`,
      [
        before.id,
        stepId,
        old.version,
        item.state,
        person.personId,
        person.teamId,
        person.userId,
        item.at,
        item.lastDoneAt,
        item.skipReason,
        item.version,
        item.fromVersion,
        item.clickOrder,
      ],
    );
    if (answer.rowCount !== 1) throw new Error(`step ${stepId} moved on while its checklist was locked`);
  }
  await tx.query('update checklists set version = $2 where id = $1', [before.id, after.version]);
}

export async function markOverdue(
  tx: Queryable,
  checklistId: string,
  stepIds: readonly string[],
): Promise<void> {
  await tx.query(
    `update checklist_items set overdue_at = app.now()
     where checklist_id = $1 and step_id = any($2) and overdue_at is null`,
    [checklistId, stepIds],
  );
}

/** @returns false when the reminder for this due time was posted before */
export async function markReminded(
  tx: Queryable,
  checklistId: string,
  stepId: string,
  dueAt: Date,
): Promise<boolean> {
  const answer = await tx.query(
    `update checklist_items set reminded_for = $3
     where checklist_id = $1 and step_id = $2 and (reminded_for is null or reminded_for < $3)`,
    [checklistId, stepId, dueAt],
  );
  return answer.rowCount === 1;
}

export async function readPlaybookText(db: Queryable, hash: string): Promise<string | undefined> {
  const answer = await db.query<{ text: string }>('select text from playbook_texts where hash = $1', [hash]);
  return answer.rows[0]?.text;
}

async function withItems(db: Queryable, rows: readonly ChecklistRow[]): Promise<readonly StoredChecklist[]> {
  if (rows.length === 0) return [];
  const items = await db.query<ItemRow>(
    'select * from checklist_items where checklist_id = any($1) order by position',
    [rows.map((row) => row.id)],
  );
  return rows.map((row) => ({
    id: row.id,
    incidentId: row.incident_id,
    role: row.role,
    playbookHash: row.playbook_hash,
    playbookFile: row.playbook_file,
    playbookOrigin: row.playbook_origin,
    severity: row.severity,
    startedAt: row.started_at,
    foldedAt: row.folded_at,
    version: Number(row.version),
    items: new Map(
      items.rows.filter((item) => item.checklist_id === row.id).map((item) => [item.step_id, toItem(item)]),
    ),
  }));
}

function toItem(row: ItemRow): StoredItem {
  const { by_team: teamId, by_user: userId } = row;
  return {
    stepId: row.step_id,
    state: row.state,
    by: row.by_person,
    user: teamId === null || userId === null ? null : { teamId, userId },
    at: row.changed_at,
    lastDoneAt: row.last_done_at,
    skipReason: row.skip_reason,
    version: Number(row.version),
    fromVersion: row.from_version === null ? null : Number(row.from_version),
    clickOrder: Number(row.click_order),
    overdueAt: row.overdue_at,
    remindedFor: row.reminded_for,
  };
}
