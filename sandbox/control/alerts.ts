import type { FastifyInstance } from 'fastify';

import { GUIDE_ALERTS, payloadOf } from '../data/guide-alerts.ts';
import type { World } from '../world.ts';
import { body } from './body.ts';
import { ControlRefusal } from './refuse.ts';

const ANSWER_MS = 10_000;

/** The guides' alerts, sent as Alertmanager would. */
export function registerAlerts(app: FastifyInstance, world: World): void {
  const started = world.journal.collection<string>('alerts.started');
  app.get('/control/alerts', () => ({
    alerts: GUIDE_ALERTS.map((alert) => ({
      id: alert.id,
      title: alert.title,
      guide: alert.guide,
      severity: alert.labels.severity,
      firing: started.get(alert.id) !== undefined,
      payload: payloadOf(alert, { startsAt: started.get(alert.id) ?? new Date(world.now()).toISOString() }),
    })),
  }));
  app.post<{ Params: { id: string } }>('/control/alerts/:id', async (request) => {
    const alert = GUIDE_ALERTS.find((candidate) => candidate.id === request.params.id);
    if (!alert) throw new ControlRefusal('There is no such alert.', {}, 404);
    const { status = 'firing' } = body(request);
    if (status !== 'firing' && status !== 'resolved')
      throw new ControlRefusal('"status" is firing or resolved.');
    const now = new Date(world.now()).toISOString();
    const startsAt = started.get(alert.id) ?? now;
    // Remembered before it is sent: a repeat is the same alert, not a new one.
    if (status === 'firing') started.set(alert.id, startsAt);
    else started.delete(alert.id);
    return post(world, payloadOf(alert, { startsAt, ...(status === 'resolved' ? { endsAt: now } : {}) }));
  });
}

async function post(
  world: World,
  payload: unknown,
): Promise<{ status: number; body: unknown; error?: string }> {
  try {
    const response = await fetch(`${world.settings.alertsUrl}/alertmanager`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer sandbox',
        'user-agent': 'Alertmanager/0.27.0',
      },
      body: JSON.stringify(payload),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    return { status: 0, body: '', error: error instanceof Error ? error.message : 'no answer' };
  }
}
