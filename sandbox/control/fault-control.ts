import type { FastifyInstance } from 'fastify';

import { isFault } from '../faults.ts';
import { isObject } from '../slack/args.ts';
import { deliver, type Delivered } from '../slack/deliver.ts';
import type { World } from '../world.ts';
import { body, need, optional } from './body.ts';
import { ControlRefusal } from './refuse.ts';

/** Faults, ledger, sockets, raw deliveries and starting over. */
export function registerFaultControl(app: FastifyInstance, world: World): void {
  app.post('/control/faults', (request) => {
    const { fault, times = 1, match, ...given } = body(request);
    if (!isFault(fault))
      throw new ControlRefusal('"fault" is { kind, … } with a known kind and its numbers.');
    if (typeof times !== 'number') throw new ControlRefusal('"times" is a number; -1 until it is cleared.');
    const armed = world.faults.arm({
      target: need(given, 'target'),
      fault,
      times,
      ...(match === undefined ? {} : { match: texts(match) }),
    });
    return { id: armed.id };
  });
  app.get('/control/faults', () => ({ faults: world.faults.list() }));
  app.delete<{ Querystring: { id?: string } }>('/control/faults', (request) => {
    world.faults.clear(request.query.id);
    return { ok: true };
  });
  app.get<{ Querystring: { method?: string; since?: string } }>('/control/ledger', (request) => {
    const { method, since } = request.query;
    const filter = {
      ...(method === undefined ? {} : { method }),
      ...(since === undefined ? {} : { since: Number(since) }),
    };
    return { entries: world.ledger.entries(filter), counts: world.ledger.counts() };
  });
  app.get('/control/socket', () => ({ connections: world.slack.sockets.count() }));
  app.post('/control/socket', (request) => {
    const action = need(body(request), 'action');
    if (action !== 'refresh' && action !== 'kill' && action !== 'half_open' && action !== 'silence') {
      throw new ControlRefusal('"action" is refresh, kill, half_open or silence.');
    }
    world.slack.sockets.disturb(action);
    return { connections: world.slack.sockets.count() };
  });
  app.post('/control/deliver', async (request) => rawDelivery(world, body(request)));
  app.post('/control/reset', () => {
    world.journal.reset();
    world.ledger.reset();
    world.faults.clear();
    for (const reset of world.onReset) reset();
    world.events.publish({ type: 'reset' });
    return { ok: true };
  });
}

/** Sends a payload as it is given, as often as asked, all at once. */
async function rawDelivery(
  world: World,
  given: Record<string, unknown>,
): Promise<{ deliveries: Delivered[] } & Partial<Delivered>> {
  const kind = need(given, 'kind');
  if (kind !== 'command' && kind !== 'interactive' && kind !== 'event') {
    throw new ControlRefusal('"kind" is command, interactive or event.');
  }
  const { payload } = given;
  if (!isObject(payload)) throw new ControlRefusal('"payload" is a JSON object.');
  const times = typeof given.times === 'number' ? given.times : 1;
  const url = optional(given, 'url');
  const headers = given.headers === undefined ? undefined : texts(given.headers);
  const delivery = {
    kind,
    payload,
    ...(url === undefined ? {} : { url }),
    ...(headers === undefined ? {} : { headers }),
    ...(typeof given.skew === 'number' ? { skew: given.skew } : {}),
  } as const;
  const deliveries = await Promise.all(Array.from({ length: times }, async () => deliver(world, delivery)));
  return { ...deliveries[0], deliveries };
}

function texts(value: unknown): Record<string, string> {
  if (!isObject(value)) throw new ControlRefusal('Give a JSON object of texts.');
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}
