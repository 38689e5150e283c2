import type { FastifyInstance } from 'fastify';

import type { World } from '../world.ts';
import { isObject } from './args.ts';
import { registerFiles } from './files.ts';
import { loadMethods } from './load-methods.ts';
import { registerResponseUrls } from './response-url.ts';
import { registerWebApi } from './web-api.ts';

/** Slack's addresses: Web API, Socket Mode, response URLs, uploads and files. */
export async function registerSlack(app: FastifyInstance, world: World): Promise<void> {
  const methods = await loadMethods();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    },
  );
  app.register(async (scope) => {
    registerWebApi(scope, world, methods);
    scope.setErrorHandler(async (error, _request, reply) => {
      if (!isUnreadable(error)) throw error;
      return reply.send({ ok: false, error: 'invalid_json' });
    });
  });
  registerResponseUrls(app, world);
  registerFiles(app, world);
  // A permalink opens the page.
  app.get<{ Params: { channel: string; message: string } }>(
    '/archives/:channel/:message',
    async (request, reply) => reply.redirect(`/?${new URLSearchParams(request.params).toString()}`),
  );
  app.server.on('upgrade', (request, socket, head) => {
    if (request.url?.startsWith('/slack/link?ticket=') === true)
      world.slack.sockets.accept(request, socket, head);
    else if (request.url?.startsWith('/slack/') === true) socket.destroy();
  });
  world.onStop.push(() => world.slack.sockets.close());
  world.onReset.push(() => {
    world.slack.messages.reset();
    world.slack.triggers.clear();
    world.slack.limiter.reset();
    world.slack.seed();
  });
}

/** Fastify could not read the body: not JSON, or nothing at all. */
function isUnreadable(error: unknown): boolean {
  return isObject(error) && (error.statusCode === 400 || error.statusCode === 415);
}
