import type { FastifyInstance } from 'fastify';

import type { World } from '../world.ts';
import { SlackApiError } from './api-error.ts';
import { isObject, type Args } from './args.ts';
import { readContent, type Content } from './blocks/check-content.ts';
import { BOT_USER_ID } from './personas.ts';
import { changeMessage, deleteMessage, putBotMessage } from './put-message.ts';
import type { ResponseUrl } from './state.ts';

const USES = 5;
const LIFE_MS = 30 * 60 * 1000;

/** The addresses that commands and clicks hand out: five messages within thirty minutes. */
export function registerResponseUrls(app: FastifyInstance, world: World): void {
  app.post<{ Params: { id: string } }>('/slack/response/:id', async (request, reply) => {
    const known = world.slack.responseUrls.get(request.params.id);
    const args = isObject(request.body) ? request.body : {};
    const refuse = (status: number, error: string): unknown => {
      record(world, { ok: false, error, effect: false, status, args });
      return reply.code(status).send({ ok: false, error });
    };
    const fault = world.faults.take('slack:response_url', { channel: known?.channel, user: known?.user });
    if (fault?.kind === 'status') return refuse(fault.code, 'internal_error');
    if (!known || world.now() - known.created > LIFE_MS) return refuse(404, 'expired_url');
    if (known.uses >= USES) return refuse(404, 'used_url');
    try {
      respond(world, known, args);
    } catch (error) {
      if (!(error instanceof SlackApiError)) throw error;
      return refuse(400, error.code);
    }
    world.slack.responseUrls.set(known.id, { ...known, uses: known.uses + 1 });
    record(world, { ok: true, effect: true, status: 200, args });
    return reply.type('text/html').send('ok');
  });
}

/** What an answer to a command or click does: a new message, or a change of the one that was clicked. */
export function respond(world: World, to: Omit<ResponseUrl, 'id' | 'uses' | 'created'>, args: Args): void {
  const original = to.ts === undefined ? undefined : world.slack.messages.get(to.channel, to.ts);
  if (args.delete_original === true) {
    if (!original) throw new SlackApiError('message_not_found');
    deleteMessage(world, original);
    return;
  }
  const content: Content = readContent(args, () => world.newId('').slice(0, 5));
  if (args.replace_original === true && original) {
    changeMessage(world, original, content, BOT_USER_ID);
    return;
  }
  const thread = typeof args.thread_ts === 'string' ? { thread_ts: args.thread_ts } : {};
  const ephemeral = args.response_type === 'in_channel' ? {} : { ephemeral: to.user };
  putBotMessage(world, { channel: to.channel, content, ...ephemeral, ...thread });
}

function record(
  world: World,
  entry: { ok: boolean; error?: string; effect: boolean; status: number; args: Record<string, unknown> },
): void {
  world.ledger.record({ kind: 'slack', method: 'response_url', ...entry });
}
