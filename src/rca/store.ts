import type { Queryable } from '../db/database.ts';
import type { RcaDraft, RcaKind } from './model.ts';

export interface StoredRca extends RcaDraft {
  readonly version: number;
  readonly fileId: string | null;
}

interface RcaRow extends Record<string, unknown> {
  version: number;
  kind: RcaKind;
  markdown: string;
  missing: string[];
  file_id: string | null;
}

/** The newest document of an incident. */
export async function getRca(db: Queryable, incidentId: string): Promise<StoredRca | undefined> {
  const answer = await db.query<RcaRow>(
    'select version, kind, markdown, missing, file_id from rcas where incident_id = $1 order by version desc limit 1',
    [incidentId],
  );
  const row = answer.rows[0];
  if (row === undefined) return undefined;
  const { version, kind, markdown, missing } = row;
  return { version, kind, markdown, missing, fileId: row.file_id };
}

/** Stores version 1 once. @returns false when there is one already */
export async function insertRca(
  tx: Queryable,
  incidentId: string,
  version: number,
  draft: RcaDraft,
): Promise<boolean> {
  const answer = await tx.query(
    `insert into rcas (incident_id, version, kind, markdown, missing) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [incidentId, version, draft.kind, draft.markdown, JSON.stringify(draft.missing)],
  );
  return answer.rowCount === 1;
}

export async function recordRcaFile(
  tx: Queryable,
  incidentId: string,
  version: number,
  fileId: string,
): Promise<void> {
  await tx.query('update rcas set file_id = $3 where incident_id = $1 and version = $2', [
    incidentId,
    version,
    fileId,
  ]);
}
