import type { FastifyInstance } from 'fastify';

import type { World } from '../world.ts';

/** The control API: acting as a person, reading the workspace, faults and ledger. */
export function registerControl(app: FastifyInstance, world: World): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/control/')) return;
    if (isLocal(request.headers.host) && isOwnOrigin(request.headers.origin, request.headers.host)) return;
    await reply.code(403).send({ error: 'The control API answers this machine and its own page only.' });
  });
  app.get('/control/events', (_request, reply) => {
    reply.hijack();
    world.events.stream(reply.raw);
  });
}

const LOCAL_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

function isLocal(host: string | undefined): boolean {
  return host !== undefined && LOCAL_HOST.test(host);
}

function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || origin === `http://${host}`;
}
