import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AlertSource } from '../alerts/define-alert-source.ts';
import type { RefusalCounter } from '../alerts/count-refusals.ts';
import { guardJson } from '../alerts/guard-json.ts';
import type { Delivery, Received } from '../alerts/receive-alerts.ts';
import { hasBearerToken } from '../alerts/bearer-token.ts';
import { incidentName } from '../incidents/model.ts';
import { CodedError, toCodedError } from '../errors.ts';
import type { Secret } from '../lib/secret.ts';
import type { Logger } from '../logger.ts';

export interface AlertWebhookOptions {
  readonly sources: ReadonlyMap<string, AlertSource>;
  /** Tokens of a sender, several during a rotation; empty when it is not set up. */
  readonly secretsOf: (sourceId: string) => readonly Secret[];
  /** Stores a delivery; resolves after COMMIT. */
  readonly receive: (delivery: Delivery) => Promise<Received>;
  /** Counts senders without a right token for the log. */
  readonly refusals?: RefusalCounter;
  readonly log: Logger;
}

/** Bytes of a body at most; what is longer is cut off while it arrives. */
export const MAX_BODY = 1024 * 1024;
/** Seconds after which a sender should try again. */
const RETRY_AFTER = 5;

/**
 * POST /alerts/:source. 202 means stored and committed. 503 with Retry-After is anything that passes, since
 * Alertmanager repeats on 5xx only and drops an alert for good on 4xx and 429; 4xx is what repeating cannot heal.
 */
export function alertWebhook(app: FastifyInstance, options: AlertWebhookOptions, done: () => void): void {
  // The raw bytes, whatever the content type says: senders prove themselves over them, and none is unpacked.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, (_request, body, next) => {
    next(null, body);
  });
  app.setErrorHandler((error, _request, reply) => answerError(reply, options.log, fromFramework(error)));
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, 404, 'not_found', `There is nothing here. ${addressesOf(options.sources)}`),
  );
  app.post<{ Params: { source: string } }>(
    '/alerts/:source',
    { bodyLimit: MAX_BODY },
    async (request, reply) => {
      try {
        const received = await handle(options, request);
        return await reply.code(202).send({
          accepted: received.accepted,
          incidents: received.incidents.map((one) => ({ ...one, name: incidentName(one) })),
        });
      } catch (error) {
        const coded = toCodedError(error);
        // A source that does not exist was answered 404: only names of ours get into the log.
        if (coded.code === 'not_allowed') options.refusals?.note(request.params.source);
        return answerError(reply, options.log, coded);
      }
    },
  );
  app.addHook('onClose', async () => options.refusals?.flush());
  done();
}

async function handle(
  options: AlertWebhookOptions,
  request: FastifyRequest<{ Params: { source: string } }>,
): Promise<Received> {
  const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const arrived = { headers: request.headers, rawBody };
  const source = options.sources.get(request.params.source);
  if (source === undefined) {
    // Takes as long as a known sender with a wrong token.
    hasBearerToken(arrived, []);
    throw new CodedError('not_found', `No such sender. ${addressesOf(options.sources)}`);
  }
  if (request.url.includes('?')) {
    // A token there would end up in access logs of every proxy on the way.
    throw refused('Nothing is read from the address after “?”. Send the token as “Authorization: Bearer …”.');
  }
  if (!source.verify(arrived, options.secretsOf(source.id))) {
    throw refused(
      `The token is missing or wrong. Send “Authorization: Bearer …” with one of the tokens of ${settingOf(source.id)}.`,
    );
  }
  if (!isPlain(request.headers['content-encoding'])) {
    throw new CodedError('bad_input', 'Bodies are taken uncompressed; leave out Content-Encoding.');
  }
  const alerts = source.parse(guardJson(rawBody));
  if (alerts.length === 0) return { accepted: 0, incidents: [] };
  return options.receive({ source: source.id, rawBody, alerts });
}

function isPlain(encoding: string | undefined): boolean {
  return encoding === undefined || encoding.trim() === '' || encoding.toLowerCase() === 'identity';
}

function refused(sentence: string): CodedError {
  return new CodedError('not_allowed', sentence);
}

function addressesOf(sources: ReadonlyMap<string, AlertSource>): string {
  const addresses = [...sources.keys()].map((id) => `POST /alerts/${id}`).join(', ');
  return `Alerts are taken at: ${addresses}.`;
}

function settingOf(sourceId: string): string {
  return `ALERT_TOKEN_${sourceId.toUpperCase().replaceAll('-', '_')}`;
}

/** Fastify's own refusals, made before the handler ran. */
function fromFramework(error: unknown): CodedError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge();
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new CodedError('bad_input', 'The request could not be read.', { cause: error });
  }
  return toCodedError(error);
}

function tooLarge(): CodedError {
  return new CodedError('bad_input', `A body has at most ${MAX_BODY} bytes. Send fewer alerts at once.`, {
    details: { status: 413 },
  });
}

function answerError(reply: FastifyReply, log: Logger, error: CodedError): FastifyReply {
  if (error.retryable) {
    log.warn({ err: error }, 'alerts could not be stored now; the sender was asked to repeat');
    return sendProblem(
      reply.header('Retry-After', String(error.retryAfterSeconds ?? RETRY_AFTER)),
      503,
      'unavailable',
      `${error.userMessage} Nothing was stored; send it again.`,
    );
  }
  const status = statusOf(error);
  if (status === 500) log.error({ err: error }, 'a delivery of alerts failed');
  if (status === 413) void reply.header('Connection', 'close');
  return sendProblem(reply, status, status === 413 ? 'too_large' : error.code, error.userMessage);
}

function statusOf(error: CodedError): number {
  if (error.details['status'] === 413) return 413;
  if (error.code === 'not_allowed') return 401;
  if (error.code === 'not_found') return 404;
  return error.code === 'bad_input' ? 400 : 500;
}

function sendProblem(reply: FastifyReply, status: number, error: string, message: string): FastifyReply {
  if (status === 401) void reply.header('WWW-Authenticate', 'Bearer realm="alerts"');
  return reply.code(status).send({ error, message });
}
