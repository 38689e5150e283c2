import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';

export interface AdminDeps {
  /** Why this replica is not ready, or undefined when it is. Never secrets: the answer is open to the network. */
  readonly notReady: () => Promise<string | undefined>;
  readonly registry: Registry;
}

export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** The admin port: /livez (the process runs), /readyz (it can take alerts), /metrics. Holds no incident text. */
export function createAdminServer(deps: AdminDeps): FastifyInstance {
  const app = Fastify({ logger: false });
  app.get('/livez', async () => ({ ok: true }));
  app.get('/readyz', async (_request, reply) => {
    const reason = await deps.notReady();
    return reply
      .code(reason === undefined ? 200 : 503)
      .send(reason === undefined ? { ok: true } : { ok: false, reason });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.header('content-type', deps.registry.contentType).send(await deps.registry.metrics()),
  );
  return app;
}
