import type { FastifyInstance } from 'fastify';

import { loadAssets } from './assets.ts';

/** The page comes from this server and talks to this server only; no script or style stands inside the HTML. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the workspace page at `/` and its files under `/page/`. It reads everything else from the control API. */
export function registerPage(app: FastifyInstance): void {
  for (const { path, type, body } of loadAssets()) {
    app.get(path, (_request, reply) =>
      reply
        .header('content-type', type)
        .header('content-security-policy', CONTENT_SECURITY_POLICY)
        .header('x-content-type-options', 'nosniff')
        .header('referrer-policy', 'no-referrer')
        .header('cache-control', 'no-cache')
        .send(body()),
    );
  }
}
