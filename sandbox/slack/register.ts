import type { FastifyInstance } from 'fastify';

import type { World } from '../world.ts';

/** Slack's addresses: Web API, Socket Mode, response URLs, uploads and files. */
export function registerSlack(_app: FastifyInstance, _world: World): void {}
