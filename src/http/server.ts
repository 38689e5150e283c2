import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

/** Milliseconds for a whole request to arrive: a sender that trickles must not hold a connection. */
const REQUEST_TIMEOUT = 10_000;

/**
 * The public port. Answers 503 until `isReady`: accepted means stored, and before the schema is there nothing can be.
 * Routes come as plugins from whoever owns them.
 */
export function createPublicServer(isReady: () => boolean): FastifyInstance {
  const app = Fastify({ logger: false, requestTimeout: REQUEST_TIMEOUT, trustProxy: false });
  app.addHook('onRequest', async (_request, reply) => {
    if (isReady()) return;
    await reply
      .code(503)
      .header('retry-after', '5')
      .send({ error: 'unavailable', message: 'Tocsin is starting.' });
  });
  return app;
}
