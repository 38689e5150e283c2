import type { Queryable } from '../db/database.ts';
import type { JsonObject } from '../lib/json.ts';

/** Who did it. A Slack user is the pair (team, user id), never a name. */
export type Actor =
  | { readonly kind: 'person'; readonly teamId: string; readonly userId: string }
  | { readonly kind: 'alert-source'; readonly id: string }
  | { readonly kind: 'tocsin'; readonly part: string };

export interface LogEntry {
  readonly incidentId: string | null;
  /** noun.verb in the past: incident.opened, step.done, approval.refused. */
  readonly kind: string;
  readonly actor: Actor;
  /** Ids, numbers, enumerations: things that may stay for ever. No free text, no personal data. */
  readonly data: JsonObject;
  /** What people or senders wrote. Stored apart, erasable; the chain holds only a salted hash. */
  readonly texts?: Readonly<Record<string, string>>;
}

/**
 * Appends one row to the log inside the caller's transaction and returns its sequence number. Call it last: the
 * chain's head stays locked until the transaction ends. If it throws, the change must not happen either.
 */
export async function appendLog(tx: Queryable, entry: LogEntry): Promise<number> {
  const texts = Object.fromEntries(
    Object.entries(entry.texts ?? {}).map(([name, text]) => [name, storable(text)]),
  );
  const answer = await tx.query<{ seq: string }>('select app.append_log($1, $2, $3, $4, $5) as seq', [
    entry.incidentId,
    entry.kind,
    JSON.stringify(entry.actor),
    storableJson(JSON.stringify(entry.data)),
    storableJson(JSON.stringify(texts)),
  ]);
  return Number(answer.rows[0]?.seq);
}

function storable(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}

/**
 * PostgreSQL refuses \u0000 and lone surrogates in jsonb (22P05, 22P02). JSON.stringify writes whole pairs raw, so an
 * escaped surrogate is a lone one. An escaped backslash before `u0000` is text and stays.
 */
function storableJson(json: string): string {
  return json.replace(/\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/g, (match) => {
    if (match === '\\\\') return match;
    return match === '\\u0000' ? '' : '\ufffd';
  });
}
