import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Secret } from '../lib/secret.ts';
import type { Logger } from '../logger.ts';
import { verifyRequest } from './verify-request.ts';

/** What Bolt's receiver takes over: the request with its body read already. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

export interface HttpReceiverOptions {
  /** More than one during a rotation. */
  readonly signingSecrets: readonly Secret[];
  /** Bolt's listener; loads it with the first request when it is not there yet. */
  readonly getListener: () => Promise<RequestListener>;
  readonly log: Logger;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

/** Bytes: Slack's own payloads are well below (a modal's state with 100 inputs of 3,000 characters). */
const BODY_LIMIT = 1024 * 1024;

/**
 * A fastify plugin: POST /slack/events for all of Slack's deliveries. Checks the signature over the raw bytes before
 * anything is parsed, then hands over to Bolt.
 */
export function httpReceiver(app: FastifyInstance, options: HttpReceiverOptions, done: () => void): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, next) => {
    next(null, body);
  });
  app.post('/slack/events', { bodyLimit: BODY_LIMIT }, async (request, reply) => {
    const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (!isSigned(options, request, rawBody)) return refuse(reply, 401, 'invalid_signature');
    if (!isReadable(request, rawBody)) return refuse(reply, 400, 'unreadable_body');
    const listener = await options.getListener();
    reply.hijack();
    listener(Object.assign(request.raw, { rawBody }), reply.raw);
    return reply;
  });
  done();
}

function isSigned(options: HttpReceiverOptions, request: FastifyRequest, rawBody: Buffer): boolean {
  const signed = {
    signature: single(request, 'x-slack-signature'),
    timestamp: single(request, 'x-slack-request-timestamp'),
    rawBody,
  };
  const isValid = verifyRequest(options.signingSecrets, signed, Math.floor(options.now() / 1000));
  if (!isValid) options.log.warn({ ip: request.ip }, 'refused a request without a valid signature of Slack');
  return isValid;
}

/** Node joins repeated headers with a comma; two of these are never Slack's. */
function single(request: FastifyRequest, name: string): string | undefined {
  const values = request.raw.headersDistinct[name];
  return values?.length === 1 ? values[0] : undefined;
}

/** Bolt compares the content type as a whole and takes the body's shape for granted. */
function isReadable(request: FastifyRequest, rawBody: Buffer): boolean {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  request.raw.headers['content-type'] = type;
  if (type === 'application/x-www-form-urlencoded') {
    const payload = new URLSearchParams(rawBody.toString('utf8')).get('payload');
    return payload === null || isJsonObject(payload);
  }
  return type === 'application/json' && isJsonObject(rawBody.toString('utf8'));
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    // Not JSON is an answer here, not a failure.
    return false;
  }
}

/** Slack repeats events that are not answered with 2xx; these would be refused again. */
async function refuse(reply: FastifyReply, status: number, error: string): Promise<FastifyReply> {
  return reply.code(status).header('x-slack-no-retry', '1').send({ ok: false, error });
}
