import type { FastifyInstance } from 'fastify';

import type { World } from '../world.ts';
import { SlackApiError } from './api-error.ts';
import { isObject, type Args } from './args.ts';
import { readContent, type Content } from './blocks/check-content.ts';
import { cutAfter, cutBefore, type Answer } from './inject-fault.ts';
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
    const fault = world.faults.take('slack:response_url', { channel: known?.channel, user: known?.user });
    const record = (answer: Answer, effect: boolean): void => {
      const { ok, error } = answer.body;
      world.ledger.record({
        kind: 'slack',
        method: 'response_url',
        ok: ok === true,
        ...(typeof error === 'string' ? { error } : {}),
        effect,
        status: answer.status,
        args,
        ...(fault ? { fault: fault.kind } : {}),
      });
    };
    const early = await cutBefore(fault, reply);
    const answer = early ?? use(world, known, args);
    record(answer, early === undefined && answer.body.ok === true);
    if (answer.status === 0 || (await cutAfter(fault, reply))) return reply.hijack();
    return answer.body.ok === true
      ? reply.type('text/html').send('ok')
      : reply.code(answer.status).headers(answer.headers).send(answer.body);
  });
}

function use(world: World, known: ResponseUrl | undefined, args: Args): Answer {
  const refused = (status: number, error: string): Answer => ({
    status,
    headers: {},
    body: { ok: false, error },
  });
  if (!known || world.now() - known.created > LIFE_MS) return refused(404, 'expired_url');
  if (known.uses >= USES) return refused(404, 'used_url');
  try {
    respond(world, known, args);
  } catch (error) {
    if (error instanceof SlackApiError) return refused(400, error.code);
    throw error;
  }
  world.slack.responseUrls.set(known.id, { ...known, uses: known.uses + 1 });
  return { status: 200, headers: {}, body: { ok: true } };
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
