import type { FastifyInstance } from 'fastify';

import { SlackApiError } from '../slack/api-error.ts';
import type { World } from '../world.ts';
import { registerAlerts } from './alerts.ts';
import { registerClick } from './click.ts';
import { registerCommand } from './command.ts';
import { registerFaultControl } from './fault-control.ts';
import { registerPeople } from './people.ts';
import { registerRead } from './read.ts';
import { ControlRefusal } from './refuse.ts';
import { registerShortcut } from './shortcut.ts';
import { registerSubmit } from './submit.ts';

/** The control API: acting as a person, reading the workspace, faults and ledger. */
export function registerControl(app: FastifyInstance, world: World): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/control/')) return;
    if (isLocal(request.headers.host) && isOwnOrigin(request.headers.origin, request.headers.host)) return;
    await reply.code(403).send({ error: 'The control API answers this machine and its own page only.' });
  });
  app.register(async (scope) => {
    scope.setErrorHandler(async (error, _request, reply) => {
      if (error instanceof ControlRefusal)
        return reply.code(error.status).send({ error: error.message, ...error.details });
      if (error instanceof SlackApiError) return reply.code(400).send({ error: error.code, ...error.extra });
      throw error;
    });
    for (const register of [
      registerRead,
      registerPeople,
      registerCommand,
      registerClick,
      registerSubmit,
      registerShortcut,
      registerFaultControl,
      registerAlerts,
    ]) {
      register(scope, world);
    }
  });
}

const LOCAL_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

function isLocal(host: string | undefined): boolean {
  return host !== undefined && LOCAL_HOST.test(host);
}

function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || origin === `http://${host}`;
}
