import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import type { Fault } from '../faults.ts';
import type { World } from '../world.ts';
import { isObject } from './args.ts';
import type { Json } from './types.ts';

export type Delivery = {
  kind: 'command' | 'interactive' | 'event';
  payload: Json;
  /** Sent on top of the signed ones, or instead of them. */
  headers?: Record<string, string>;
  /** Instead of the configured addresses. */
  url?: string;
  /** Seconds by which the signature's timestamp is off. */
  skew?: number;
};

export type Delivered = {
  /** HTTP status; 200 for a Socket Mode acknowledgement, 0 when there was no answer. */
  status: number;
  body: unknown;
  ms: number;
  /** Slack's word for it: http_timeout, http_error, connection_failed, no_receiver. */
  error?: string;
};

/** Slack waits three seconds for an answer. */
const ANSWER_MS = 3_000;
/** Slack retries an event at once, after a minute and after five; shortened here, in the same order. */
const RETRY_DELAYS_MS = [0, 1_000, 3_000];
/** Not retried: nobody listens, or the app asked for no retry with `X-Slack-No-Retry`. */
const FINAL = new Set(['no_receiver', 'http_error_no_retry']);

/** Delivers one command or interaction, once: Slack does not retry these. */
export async function deliver(world: World, delivery: Delivery): Promise<Delivered> {
  return attempt(world, delivery, { attempt: 0, reason: '' });
}

/** Delivers an event, with Slack's three retries. Resolves with the last answer. */
export async function deliverEvent(world: World, payload: Json): Promise<Delivered> {
  let result = await attempt(world, { kind: 'event', payload }, { attempt: 0, reason: '' });
  for (const [index, delay] of RETRY_DELAYS_MS.entries()) {
    if (result.error === undefined || FINAL.has(result.error) || world.stopped) return result;
    await wait(delay, undefined, { ref: false });
    const reason = result.error;
    result = await attempt(world, { kind: 'event', payload }, { attempt: index + 1, reason });
  }
  return result;
}

type Retry = { attempt: number; reason: string };

async function attempt(world: World, delivery: Delivery, retry: Retry): Promise<Delivered> {
  const facts = deliveryFacts(delivery);
  const fault = world.faults.take('delivery', facts);
  const started = performance.now();
  const result = await withFault(world, { delivery, retry, fault });
  const ms = Math.round(performance.now() - started);
  // Without a receiver nothing was sent: an event is not worth a line then.
  if (world.stopped || (result.error === 'no_receiver' && delivery.kind === 'event'))
    return { ...result, ms };
  world.ledger.record({
    kind: 'delivery',
    method: delivery.kind,
    ok: result.error === undefined,
    ...(result.error === undefined ? {} : { error: result.error }),
    effect: false,
    status: result.status,
    args: {
      ...facts,
      ...(retry.attempt > 0 ? { retry_num: retry.attempt, retry_reason: retry.reason } : {}),
    },
    result: { ms, transport: usesSocket(world, delivery) ? 'socket' : 'http' },
    ...(fault ? { fault: fault.kind } : {}),
  });
  return { ...result, ms };
}

type Sent = Omit<Delivered, 'ms'>;
type Try = { delivery: Delivery; retry: Retry; fault: Fault | undefined };

async function withFault(world: World, { delivery, retry, fault }: Try): Promise<Sent> {
  switch (fault?.kind) {
    case 'slow':
      await wait(fault.ms, undefined, { ref: false });
      return send(world, delivery, retry);
    case 'timeout_before':
      await wait(Math.min(fault.ms, ANSWER_MS), undefined, { ref: false });
      return { status: 0, body: null, error: 'http_timeout' };
    case 'reset_before':
      if (usesSocket(world, delivery)) world.slack.sockets.disturbNext('kill');
      return { status: 0, body: null, error: 'connection_failed' };
    case 'half_open':
      if (usesSocket(world, delivery)) world.slack.sockets.disturbNext('half_open');
      else return { status: 0, body: null, error: 'http_timeout' };
      return send(world, delivery, retry);
    case 'processed_then_reset':
      // It arrived and was answered; the answer got lost on the way back.
      await send(world, delivery, retry);
      return { status: 0, body: null, error: 'connection_failed' };
    case 'status':
      return { status: fault.code, body: null, error: 'http_error' };
    case 'duplicate': {
      const answers = await Promise.all(
        Array.from({ length: fault.times }, async () => send(world, delivery, retry)),
      );
      return answers[0] ?? { status: 0, body: null, error: 'connection_failed' };
    }
    default:
      return send(world, delivery, retry);
  }
}

async function send(world: World, delivery: Delivery, retry: Retry): Promise<Sent> {
  if (usesSocket(world, delivery)) return sendBySocket(world, delivery, retry);
  const urls = delivery.url === undefined ? world.settings.eventsUrls : [delivery.url];
  if (urls.length === 0) return { status: 0, body: null, error: 'no_receiver' };
  // Several addresses are replicas behind one balancer: it passes over one that refuses the connection.
  let result: Sent = { status: 0, body: null, error: 'connection_failed' };
  for (let index = 0; index < urls.length; index += 1) {
    const url = urls[world.slack.httpTurn++ % urls.length] ?? '';
    const answer = await sendByHttp(world, { ...delivery, url }, retry);
    if (answer !== 'refused') return answer;
    result = { status: 0, body: null, error: 'connection_failed' };
  }
  return result;
}

async function sendBySocket(world: World, delivery: Delivery, retry: Retry): Promise<Sent> {
  const type = { command: 'slash_commands', interactive: 'interactive', event: 'events_api' } as const;
  const ack = await world.slack.sockets.send(
    world.newId('').toLowerCase(),
    {
      type: type[delivery.kind],
      payload: delivery.payload,
      accepts_response_payload: delivery.kind !== 'event',
      retry_attempt: retry.attempt,
      retry_reason: retry.reason,
    },
    ANSWER_MS,
  );
  return ack.ok ? { status: 200, body: ack.payload ?? '' } : { status: 0, body: null, error: ack.error };
}

async function sendByHttp(
  world: World,
  delivery: Delivery & { url: string },
  retry: Retry,
): Promise<Sent | 'refused'> {
  const { body, type } = encode(delivery);
  try {
    const response = await fetch(delivery.url, {
      method: 'POST',
      body,
      headers: {
        'content-type': type,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        ...signature(world, body, delivery.skew ?? 0),
        ...(retry.attempt > 0
          ? { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': retry.reason }
          : {}),
        ...lowerCase(delivery.headers ?? {}),
      },
      signal: AbortSignal.timeout(ANSWER_MS),
      redirect: 'manual',
    });
    const answer = { status: response.status, body: decode(await response.text()) };
    if (response.ok) return answer;
    const stop = response.headers.get('x-slack-no-retry') === '1';
    return { ...answer, error: stop ? 'http_error_no_retry' : 'http_error' };
  } catch (error) {
    if (isRefused(error)) return 'refused';
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return { status: 0, body: null, error: timedOut ? 'http_timeout' : 'connection_failed' };
  }
}

/** Slack's v0 signature over timestamp and raw body. */
function signature(world: World, body: string, skew: number): Record<string, string> {
  const timestamp = String(Math.floor(world.now() / 1000) + skew);
  const digest = createHmac('sha256', world.settings.signingSecret)
    .update(`v0:${timestamp}:${body}`)
    .digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` };
}

function encode({ kind, payload }: Delivery): { body: string; type: string } {
  if (kind === 'event') return { body: JSON.stringify(payload), type: 'application/json' };
  const form = new URLSearchParams();
  if (kind === 'interactive') form.set('payload', JSON.stringify(payload));
  else
    for (const [key, value] of Object.entries(payload))
      form.set(key, typeof value === 'string' ? value : JSON.stringify(value));
  return { body: form.toString(), type: 'application/x-www-form-urlencoded' };
}

/** Else a header in other letters would be sent beside the signed one, not instead of it. */
function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function decode(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return isObject(cause) && cause.code === 'ECONNREFUSED';
}

function usesSocket(world: World, delivery: Delivery): boolean {
  return plain(delivery) && world.slack.sockets.count() > 0;
}

/** Only HTTP has headers, addresses and signatures to get wrong. */
function plain({ url, headers, skew }: Delivery): boolean {
  return url === undefined && headers === undefined && skew === undefined;
}

/** What a delivery is about: for matching faults, and for the ledger. */
function deliveryFacts({ kind, payload }: Delivery): Record<string, string> {
  const facts: Record<string, string> = { kind };
  const event = isObject(payload.event) ? payload.event : payload;
  const put = (key: string, value: unknown): void => {
    const id = isObject(value) ? value.id : value;
    if (typeof id === 'string') facts[key] = id;
  };
  put('type', event.type);
  put('user', event.user ?? event.user_id);
  put('channel', event.channel ?? event.channel_id);
  put('command', event.command);
  put('text', kind === 'command' ? event.text : undefined);
  put('event_id', payload.event_id);
  const action = Array.isArray(payload.actions) ? payload.actions[0] : undefined;
  if (isObject(action)) put('action_id', action.action_id);
  if (isObject(payload.view)) put('callback_id', payload.view.callback_id);
  return facts;
}
