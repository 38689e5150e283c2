import Fastify from 'fastify';

import { registerControl } from './control/register.ts';
import { registerKubernetes } from './kubernetes/register.ts';
import { registerPage } from './page/register.ts';
import type { SandboxSettings } from './settings.ts';
import { registerSlack } from './slack/register.ts';
import { createWorld, type World } from './world.ts';

export type Sandbox = { url: string; world: World; stop: () => Promise<void> };

/** Uploads are the largest thing that comes in. */
const BODY_LIMIT = 20 * 1024 * 1024;

/** Starts Slack, the cluster, the page and the control API on one loopback port. */
export async function startSandbox(settings: SandboxSettings): Promise<Sandbox> {
  const world = createWorld(settings);
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 500 },
  });
  // First, so that the other parts' own onListen hooks know the address.
  app.addHook('onListen', () => {
    const address = app.server.address();
    if (address !== null && typeof address === 'object') world.url = `http://127.0.0.1:${address.port}`;
  });
  registerControl(app, world);
  await registerSlack(app, world);
  registerKubernetes(app, world);
  registerPage(app);
  await app.listen({ host: '127.0.0.1', port: settings.port });
  return {
    url: world.url,
    world,
    stop: async () => {
      world.stopped = true;
      for (const stop of world.onStop) stop();
      world.events.close();
      await app.close();
      world.journal.close();
      world.ledger.close();
    },
  };
}
