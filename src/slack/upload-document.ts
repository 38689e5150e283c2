import type { Database, Queryable } from '../db/database.ts';
import { CodedError } from '../errors.ts';
import type { Chat } from '../ports/chat.ts';
import { findMessage } from './find-message.ts';
import type { Gateway } from './gateway/gateway.ts';
import { asRecord, listOf, textOf } from './payload.ts';
import type { PayloadRecord } from './payload.ts';

type Document = Parameters<Chat['uploadDocument']>[0];

interface UploadDeps {
  readonly gateway: Gateway;
  readonly db: Database;
}

const URGENCY = 4;

interface EarlierUpload {
  readonly fileId: string;
  readonly triedAt: Date;
  readonly isShared: boolean;
}

/**
 * Uploads a text document once per key. Slack gives the file's id before the file is shared; it is stored then, so that
 * a second try finds in the channel what the first one left.
 */
export async function uploadDocument(deps: UploadDeps, document: Document): Promise<string> {
  const earlier = await findEarlier(deps.db, document.key);
  if (earlier?.isShared === true) return earlier.fileId;
  if (earlier !== undefined && (await isInChannel(deps, document, earlier))) {
    await noteShared(deps.db, document.key);
    return earlier.fileId;
  }
  const size = Buffer.byteLength(document.text, 'utf8');
  const place = await deps.gateway.call(
    'files.getUploadURLExternal',
    { filename: document.fileName, length: size },
    { urgency: URGENCY },
  );
  const fileId = textOf(place['file_id']);
  if (fileId === '') throw new CodedError('unavailable', 'Slack gave no place to upload a file to.');
  await deps.gateway.upload(textOf(place['upload_url']), document.text);
  await deps.gateway.call(
    'files.completeUploadExternal',
    { files: [{ id: fileId, title: document.title }], channel_id: document.channelId },
    { urgency: URGENCY, beforeSend: () => noteTry(deps.db, document, fileId) },
  );
  await noteShared(deps.db, document.key);
  return fileId;
}

async function isInChannel(deps: UploadDeps, document: Document, earlier: EarlierUpload): Promise<boolean> {
  const input = { channelId: document.channelId, since: earlier.triedAt, urgency: URGENCY };
  const holdsFile = (message: PayloadRecord): boolean =>
    listOf(message['files']).some((file) => asRecord(file)['id'] === earlier.fileId);
  return (await findMessage(deps.gateway, input, holdsFile)) !== undefined;
}

async function findEarlier(db: Queryable, key: string): Promise<EarlierUpload | undefined> {
  const answer = await db.query<{ file_id: string; tried_at: Date; shared: boolean }>(
    'select file_id, tried_at, shared_at is not null as shared from uploaded_documents where key = $1',
    [key],
  );
  const row = answer.rows[0];
  if (row === undefined) return undefined;
  return { fileId: row.file_id, triedAt: row.tried_at, isShared: row.shared };
}

async function noteTry(db: Queryable, document: Document, fileId: string): Promise<void> {
  await db.query(
    `insert into uploaded_documents (key, channel_id, file_id) values ($1, $2, $3)
     on conflict (key) do update set file_id = excluded.file_id, tried_at = excluded.tried_at`,
    [document.key, document.channelId, fileId],
  );
}

async function noteShared(db: Queryable, key: string): Promise<void> {
  await db.query('update uploaded_documents set shared_at = real_now() where key = $1', [key]);
}
