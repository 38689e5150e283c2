import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Queryable } from '../db/database.ts';
import type { LogAnchor } from './verify-log.ts';

const Anchor = z.object({ seq: z.int().min(1), hash: z.string().regex(/^[0-9a-f]{64}$/) });

/** The chain's head as of now, or undefined while the log is empty. */
export async function readHead(db: Queryable): Promise<LogAnchor | undefined> {
  const answer = await db.query<{ seq: string; hash: Buffer }>(
    'select seq, hash from app.log_head where seq > 0',
  );
  const row = answer.rows[0];
  return row === undefined ? undefined : { seq: Number(row.seq), hash: row.hash.toString('hex') };
}

/** Writes the head to a file outside the database, so that a cut tail is found: one JSON line per anchor. */
export async function writeAnchor(dataDir: string, head: LogAnchor, at: Date): Promise<void> {
  const line = JSON.stringify({ ...head, at: at.toISOString() });
  await appendFile(join(dataDir, 'log-anchors.jsonl'), `${line}\n`, { mode: 0o600 });
}

/** Anchors written so far; lines that are not anchors (a write cut short by a crash) are passed over. */
export async function readAnchors(dataDir: string): Promise<readonly LogAnchor[]> {
  const text = await readFile(join(dataDir, 'log-anchors.jsonl'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const parsed = Anchor.safeParse(parseJson(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
