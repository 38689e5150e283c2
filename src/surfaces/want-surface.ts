import type { Queryable } from '../db/database.ts';
import { newId } from '../lib/id.ts';
import type { EnqueueJob } from '../queue/enqueue.ts';
import type { SurfaceKind } from './model.ts';

export interface WantSurfaceInput {
  readonly kind: SurfaceKind;
  readonly subject: string;
  readonly page?: number;
  readonly incidentId: string | null;
  /** Where it is posted; needed for the first post, ignored afterwards. */
  readonly channelId: string;
  /** 1 first … 9 last. */
  readonly urgency?: number;
  /** Seconds to let more important messages go first. */
  readonly delaySeconds?: number;
}

/**
 * Asks for a message to be shown as stored state has it now: creates the surface or bumps its `wanted`, and enqueues
 * the rendering, all in the caller's transaction. Bursts collapse into one rendering without losing the last state.
 * @returns the surface's id
 */
export async function wantSurface(
  tx: Queryable,
  enqueue: EnqueueJob,
  input: WantSurfaceInput,
): Promise<string> {
  const urgency = input.urgency ?? 3;
  const answer = await tx.query<{ id: string }>(
    `insert into surfaces (id, kind, subject, page, incident_id, channel_id, urgency) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (kind, subject, page) where retired_at is null
     do update set wanted = surfaces.wanted + 1, urgency = excluded.urgency
     returning id`,
    [newId(), input.kind, input.subject, input.page ?? 0, input.incidentId, input.channelId, urgency],
  );
  const surfaceId = answer.rows[0]?.id ?? '';
  const delay = input.delaySeconds === undefined ? {} : { delaySeconds: input.delaySeconds };
  await enqueue(tx, 'refresh-surface', { surfaceId }, { key: surfaceId, urgency, ...delay });
  return surfaceId;
}

/** Asks for a new rendering of all live messages about a subject, where there are any. */
export async function refreshSurfaces(
  tx: Queryable,
  enqueue: EnqueueJob,
  kind: SurfaceKind,
  subject: string,
): Promise<void> {
  const answer = await tx.query<{ id: string; urgency: number }>(
    `update surfaces set wanted = wanted + 1 where kind = $1 and subject = $2 and retired_at is null returning id, urgency`,
    [kind, subject],
  );
  for (const row of answer.rows) {
    await enqueue(tx, 'refresh-surface', { surfaceId: row.id }, { key: row.id, urgency: row.urgency });
  }
}

/**
 * Retires the live messages about a subject: they are rendered once more, without buttons, and a new one may be
 * posted for the same subject. Never change a card under somebody's thumb.
 */
export async function retireSurfaces(
  tx: Queryable,
  enqueue: EnqueueJob,
  kind: SurfaceKind,
  subject: string,
): Promise<void> {
  const answer = await tx.query<{ id: string }>(
    `update surfaces set wanted = wanted + 1, retired_at = app.now()
     where kind = $1 and subject = $2 and retired_at is null returning id`,
    [kind, subject],
  );
  for (const row of answer.rows) {
    await enqueue(tx, 'refresh-surface', { surfaceId: row.id }, { key: row.id });
  }
}
