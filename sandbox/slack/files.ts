import type { FastifyInstance } from 'fastify';
import { extname } from 'node:path';

import type { World } from '../world.ts';
import type { Json, StoredFile } from './types.ts';

const TYPES: Record<string, string> = {
  '.md': 'text/markdown',
  '.txt': 'text/plain',
  '.json': 'application/json',
  '.csv': 'text/csv',
  '.png': 'image/png',
  '.pdf': 'application/pdf',
};

/** Upload addresses, and the stored files themselves. */
export function registerFiles(app: FastifyInstance, world: World): void {
  app.register(async (scope) => {
    // An upload is raw bytes or a form, of any type.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post<{ Params: { id: string } }>('/slack/upload/:id', async (request, reply) => {
      const upload = world.slack.uploads.get(request.params.id);
      if (!upload) return reply.code(404).send('not found');
      const bytes = await contentOf(request.body, request.headers['content-type'] ?? '');
      if (bytes.length !== upload.size)
        return reply.code(400).send(`expected ${upload.size} bytes, got ${bytes.length}`);
      const mimetype = TYPES[extname(upload.name).toLowerCase()] ?? 'application/octet-stream';
      world.slack.uploads.set(upload.id, { ...upload, content: bytes.toString('base64'), mimetype });
      return reply.send(`OK - ${bytes.length}`);
    });
  });
  app.get<{ Params: { id: string } }>('/slack/files/:id/:name', async (request, reply) => {
    const file = world.slack.files.get(request.params.id);
    if (!file) return reply.code(404).send({ ok: false, error: 'file_not_found' });
    return reply
      .type(file.mimetype)
      .header('content-disposition', `inline; filename="${encodeURIComponent(file.name)}"`)
      .header('content-security-policy', 'sandbox')
      .send(Buffer.from(file.content, 'base64'));
  });
}

/** A file as messages and answers show it. */
export function filePayload(world: World, file: StoredFile): Json {
  const address = `${world.url}/slack/files/${file.id}/${encodeURIComponent(file.name)}`;
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    filetype: extname(file.name).slice(1) || 'text',
    user: file.user,
    size: file.size,
    mode: 'hosted',
    is_public: true,
    url_private: address,
    url_private_download: address,
    permalink: address,
    channels: file.channels,
  };
}

async function contentOf(body: unknown, type: string): Promise<Buffer> {
  if (!Buffer.isBuffer(body)) return Buffer.alloc(0);
  if (!type.startsWith('multipart/form-data')) return body;
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  for (const part of form.values())
    if (typeof part !== 'string') return Buffer.from(await part.arrayBuffer());
  return Buffer.alloc(0);
}
