import type { FastifyInstance } from 'fastify';

import type { World } from '../world.ts';
import { createCluster } from './cluster.ts';
import { registerClusterControl } from './control-cluster.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { publishChanges } from './publish-changes.ts';
import { endWatches } from './request-faults.ts';
import { callOf, serve, type Server, TOKEN } from './serve.ts';

const PREFIX = '/kubernetes';
/** How soon an armed fault reaches watches that are open already. */
const FAULT_LOOK_MS = 50;

/** The cluster: its API below /kubernetes, its control calls, and the kubeconfig file once the address is known. */
export function registerKubernetes(app: FastifyInstance, world: World): void {
  const { journal, now, settings } = world;
  const cluster = createCluster({ journal, now, random: Math.random, rolloutMs: settings.rolloutMs });
  const server: Server = { world, cluster, open: new Set() };
  registerClusterControl(app, cluster);
  registerApi(app, server);
  const stopPublishing = publishChanges(cluster.store, world.events);
  const looking = setInterval(() => endWatches(world.faults, server.open), FAULT_LOOK_MS);
  looking.unref();
  app.addHook('onListen', () => writeKubeconfig(settings.dataFolder, `${world.url}${PREFIX}`, TOKEN));
  world.onReset.push(() => {
    for (const watch of server.open) watch.end('watch_gone');
    cluster.reseed();
  });
  world.onStop.push(() => {
    clearInterval(looking);
    stopPublishing();
    cluster.stop();
    for (const watch of server.open) watch.end('timeout');
  });
}

function registerApi(app: FastifyInstance, server: Server): void {
  app.register((scope, _options, done) => {
    // Patches have content types of their own; all of them are read as text, and the call decides.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) => parsed(null, body));
    scope.all(`${PREFIX}/*`, async (request, reply) => {
      reply.hijack();
      const body = typeof request.body === 'string' ? request.body : '';
      await serve(server, callOf(request.raw, PREFIX, body), reply.raw);
    });
    done();
  });
}
