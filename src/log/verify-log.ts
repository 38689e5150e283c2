import { createHash } from 'node:crypto';
import type { Queryable } from '../db/database.ts';

/** A place in the log as it was once: rows up to it must still be there and chain to this hash. */
export interface LogAnchor {
  readonly seq: number;
  /** Hexadecimal SHA-256. */
  readonly hash: string;
}

export interface LogVerdict {
  readonly rows: number;
  readonly head: LogAnchor;
  /** Empty when the log is whole; each names a row and what is wrong with it. */
  readonly problems: readonly string[];
}

interface CheckedRow extends Record<string, unknown> {
  seq: string;
  body: string;
  prev_hash: Buffer;
  hash: Buffer;
  matches: boolean;
  bad_texts: string[] | null;
}

const PAGE = 5_000;
const MAX_PROBLEMS = 20;

/**
 * Walks the whole chain: every row's hash is computed again from its predecessor's and its body, the body is compared
 * with the columns, free text that is still there with its hash, and the end with the stored head and the anchors.
 * Finds a changed, removed, inserted or reordered row; with an anchor also a cut tail.
 */
export async function verifyLog(db: Queryable, anchors: readonly LogAnchor[] = []): Promise<LogVerdict> {
  const problems: string[] = [];
  const waiting = new Map(anchors.map((anchor) => [anchor.seq, anchor.hash]));
  let head: LogAnchor = { seq: 0, hash: '00' };
  for (;;) {
    const rows = await readPage(db, head.seq);
    if (rows.length === 0 || problems.length >= MAX_PROBLEMS) break;
    for (const row of rows) {
      problems.push(...checkRow(row, head));
      head = { seq: Number(row.seq), hash: row.hash.toString('hex') };
      const anchored = waiting.get(head.seq);
      if (anchored !== undefined && anchored !== head.hash)
        problems.push(`row ${head.seq}: differs from its anchor`);
      waiting.delete(head.seq);
    }
  }
  problems.push(...(await checkEnd(db, head)));
  for (const seq of waiting.keys()) problems.push(`row ${seq}: an anchor says it was there; it is gone`);
  return { rows: head.seq, head, problems: problems.slice(0, MAX_PROBLEMS) };
}

async function readPage(db: Queryable, after: number): Promise<readonly CheckedRow[]> {
  const answer = await db.query<CheckedRow>(
    `select l.seq, l.body, l.prev_hash, l.hash,
       l.body = app.log_body(l.seq, l.at, l.incident_id, l.kind, l.actor, l.data, l.text_hashes) as matches,
       (select array_agg(t.name) from app.log_texts t where t.seq = l.seq and t.text is not null
         and encode(sha256(convert_to(t.salt || t.text, 'UTF8')), 'hex') is distinct from l.text_hashes ->> t.name) as bad_texts
     from app.log l where l.seq > $1 order by l.seq limit ${PAGE}`,
    [after],
  );
  return answer.rows;
}

function checkRow(row: CheckedRow, before: LogAnchor): readonly string[] {
  const problems: string[] = [];
  const seq = Number(row.seq);
  if (seq !== before.seq + 1) problems.push(`row ${before.seq + 1}: missing before row ${seq}`);
  if (row.prev_hash.toString('hex') !== before.hash)
    problems.push(`row ${seq}: does not follow the row before it`);
  const expected = createHash('sha256').update(row.prev_hash).update(row.body, 'utf8').digest();
  if (!expected.equals(row.hash)) problems.push(`row ${seq}: its hash is not that of its content`);
  if (!row.matches) problems.push(`row ${seq}: its columns were changed`);
  for (const name of row.bad_texts ?? []) problems.push(`row ${seq}: its text "${name}" was changed`);
  return problems;
}

async function checkEnd(db: Queryable, last: LogAnchor): Promise<readonly string[]> {
  const answer = await db.query<{ seq: string; hash: Buffer }>('select seq, hash from app.log_head');
  const stored = answer.rows[0];
  if (stored === undefined) return ['the head of the chain is gone'];
  const same = Number(stored.seq) === last.seq && stored.hash.toString('hex') === last.hash;
  return same ? [] : [`the chain ends at row ${last.seq}, but its head says row ${stored.seq}`];
}
