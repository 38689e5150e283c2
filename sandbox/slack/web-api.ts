import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { World } from '../world.ts';
import { SlackApiError } from './api-error.ts';
import { flag, isObject, text, type Args } from './args.ts';
import type { Method } from './define-method.ts';
import { cutBefore, cutAfter, type Answer } from './inject-fault.ts';
import { METHOD_FACTS } from './method-facts.ts';
import { APP_TOKEN, BOT_TOKEN } from './personas.ts';

/** `/slack/api/<method>`: GET and POST, forms and JSON, as Slack's Web API. */
export function registerWebApi(app: FastifyInstance, world: World, methods: Map<string, Method>): void {
  app.route<{ Params: { method: string } }>({
    method: ['GET', 'POST'],
    url: '/slack/api/:method',
    handler: async (request, reply) => {
      const name = request.params.method;
      const { args, token } = readCall(request, name);
      const fault = world.faults.take(`slack:${name}`, {
        channel: text(args, 'channel'),
        user: text(args, 'user'),
      });
      const record = (answer: Answer, effect: boolean): void => {
        const { ok, error } = answer.body;
        world.ledger.record({
          kind: 'slack',
          method: name,
          ok: ok === true,
          ...(typeof error === 'string' ? { error } : {}),
          effect,
          status: answer.status,
          args,
          result: brief(answer.body),
          ...(fault ? { fault: fault.kind } : {}),
        });
      };
      const early = await cutBefore(fault, reply);
      if (early) {
        record(early, false);
        return early.status === 0 ? reply.hijack() : send(reply, early);
      }
      const answer = runMethod(world, methods.get(name), { name, args, token });
      record(answer, answer.effect);
      if (await cutAfter(fault, reply)) return reply.hijack();
      return send(reply, answer);
    },
  });
}

function runMethod(
  world: World,
  method: Method | undefined,
  call: { name: string; args: Args; token: string },
): Answer & { effect: boolean } {
  const none: Record<string, string> = {};
  try {
    if (!method) throw new SlackApiError('unknown_method', { req_method: call.name });
    checkToken(method, call.token);
    const wait = world.slack.limiter.check(call.name, text(call.args, 'channel'));
    if (wait > 0) {
      return {
        status: 429,
        headers: { 'retry-after': String(wait) },
        body: { ok: false, error: 'ratelimited' },
        effect: false,
      };
    }
    checkScopes(world, call.name, call.args);
    checkRequired(call.name, call.args);
    const body = method.run({ world, args: call.args });
    return {
      status: 200,
      headers: none,
      body: { ok: true, ...body },
      effect: method.writes && body.no_op !== true,
    };
  } catch (error) {
    if (!(error instanceof SlackApiError)) throw error;
    return {
      status: 200,
      headers: none,
      body: { ok: false, error: error.code, ...error.extra },
      effect: false,
    };
  }
}

function checkToken(method: Method, token: string): void {
  if (method.token === 'none') return;
  if (token === '') throw new SlackApiError('not_authed');
  if (token !== BOT_TOKEN && token !== APP_TOKEN) throw new SlackApiError('invalid_auth');
  const wanted = method.token === 'app' ? APP_TOKEN : BOT_TOKEN;
  if (token !== wanted) throw new SlackApiError('not_allowed_token_type');
}

function checkScopes(world: World, name: string, args: Args): void {
  const granted = world.slack.manifest.scopes;
  if (!granted) return;
  for (const needed of scopesNeeded(world, METHOD_FACTS.get(name)?.scopes ?? [], args)) {
    if (needed.length === 0 || needed.some((scope) => granted.has(scope))) continue;
    throw new SlackApiError('missing_scope', { needed: needed.join(','), provided: [...granted].join(',') });
  }
}

/** Groups of scopes, one of each group is needed: a private channel is not reached with a public channel's scope. */
function scopesNeeded(world: World, scopes: string[], args: Args): string[][] {
  const families = { public: 'channels:', private: 'groups:', im: 'im:' };
  if (!scopes.some((scope) => scope.startsWith(families.private))) return [scopes];
  const kinds = new Set<keyof typeof families>();
  const channel = world.slack.channels.get(text(args, 'channel'));
  if (channel) kinds.add(channel.is_im ? 'im' : channel.is_private ? 'private' : 'public');
  else if (args.name !== undefined) kinds.add(flag(args, 'is_private') ? 'private' : 'public');
  else if (args.users !== undefined) kinds.add('im');
  const types = text(args, 'types');
  if (types.includes('private_channel')) kinds.add('private');
  if (/(^|,)\s*im/.test(types)) kinds.add('im');
  if (types.includes('public_channel') || kinds.size === 0) kinds.add('public');
  return [...kinds].map((kind) => scopes.filter((scope) => scope.startsWith(families[kind])));
}

function checkRequired(name: string, args: Args): void {
  const facts = METHOD_FACTS.get(name);
  const missing = facts?.required.filter((arg) => args[arg] === undefined || args[arg] === '') ?? [];
  if (missing.length === 0) return;
  throw new SlackApiError('invalid_arguments', {
    response_metadata: { messages: missing.map((arg) => `[ERROR] missing required field: ${arg}`) },
  });
}

function readCall(request: FastifyRequest, name: string): { args: Args; token: string } {
  const isJson = (request.headers['content-type'] ?? '').startsWith('application/json');
  const query = isObject(request.query) ? request.query : {};
  // A method that takes no JSON does not see the body's arguments, as in Slack.
  const readsBody = !isJson || METHOD_FACTS.get(name)?.json === true;
  const body = readsBody && isObject(request.body) ? request.body : {};
  const { token: inArgs, ...args } = { ...query, ...body };
  const header = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return { args, token: header ?? (typeof inArgs === 'string' ? inArgs : '') };
}

async function send(reply: FastifyReply, answer: Answer): Promise<FastifyReply> {
  return reply
    .code(answer.status)
    .headers(answer.headers)
    .type('application/json; charset=utf-8')
    .send(answer.body);
}

/** What fault tests look at; whole histories would only fill the ledger. */
function brief(body: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const key of ['ok', 'error', 'ts', 'message_ts', 'no_op', 'response_metadata']) {
    if (body[key] !== undefined) kept[key] = body[key];
  }
  if (typeof body.channel === 'string') kept.channel = body.channel;
  else if (isObject(body.channel)) kept.channel = body.channel.id;
  if (isObject(body.view)) kept.view = body.view.id;
  return kept;
}
