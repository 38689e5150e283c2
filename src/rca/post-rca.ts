import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deps } from '../deps.ts';
import { CodedError } from '../errors.ts';
import { incidentName, urgencyOf } from '../incidents/model.ts';
import { getIncident } from '../incidents/store.ts';
import { appendLog } from '../log/append-log.ts';
import { wantSurface } from '../surfaces/want-surface.ts';
import { documentName } from './document-name.ts';
import { draftRca, rcaKind } from './draft-rca.ts';
import { gatherFacts } from './gather-facts.ts';
import type { GatherDeps } from './gather-facts.ts';
import { getRca, insertRca, recordRcaFile } from './store.ts';

export type PostRcaDeps = Pick<Deps, 'db' | 'enqueue' | 'chat'> &
  GatherDeps & {
    /** Folder of rca.md and short-note.md. */
    readonly templates: string;
  };

/**
 * Job `post-rca`: drafts the document from the facts as of the resolution, stores it, posts what it says in short and
 * attaches it as Markdown. Runs again safely: a stored draft is not drafted anew, an uploaded file is found.
 */
export async function postRca(
  deps: PostRcaDeps,
  { incidentId }: { readonly incidentId: string },
): Promise<void> {
  const incident = await getIncident(deps.db, incidentId);
  if (incident === undefined || incident.resolvedAt === null) return;
  const { channelId } = incident;
  const rca = (await getRca(deps.db, incidentId)) ?? (await draftAndStore(deps, incidentId));
  // Resolved before its channel was there: the document waits for it.
  if (channelId === null) throw new CodedError('unavailable', 'The incident has no channel yet.');
  await deps.db.transaction(async (tx) => {
    await wantSurface(tx, deps.enqueue, {
      kind: 'rca',
      subject: incidentId,
      incidentId,
      channelId,
      urgency: urgencyOf(incident.severity) + 2,
    });
  });
  if (rca.fileId !== null) return;
  const fileId = await deps.chat.uploadDocument({
    channelId,
    key: `rca:${incidentId}:${rca.version}`,
    fileName: documentName(incident, rca.kind),
    title: `${incidentName(incident)}: ${rca.kind === 'rca' ? 'root cause analysis' : 'short note'}`,
    text: rca.markdown,
  });
  await recordRcaFile(deps.db, incidentId, rca.version, fileId);
}

async function draftAndStore(
  deps: PostRcaDeps,
  incidentId: string,
): Promise<NonNullable<Awaited<ReturnType<typeof getRca>>>> {
  const facts = await gatherFacts(deps, deps.db, incidentId);
  const kind = rcaKind(facts.incident.severity);
  const template = await readFile(join(deps.templates, `${kind}.md`), 'utf8');
  const draft = await draftRca(template, facts);
  const stored = await deps.db.transaction(async (tx) => {
    if (!(await insertRca(tx, incidentId, 1, draft))) return getRca(tx, incidentId);
    await appendLog(tx, {
      incidentId,
      kind: 'rca.drafted',
      actor: { kind: 'tocsin', part: 'rca' },
      data: { version: 1, kind, missing: draft.missing.length },
    });
    return undefined;
  });
  // Another replica may have drafted at the same time: its document is the one.
  return stored ?? { ...draft, version: 1, fileId: null };
}
