import type { Queryable } from '../../db/database.ts';
import type { CodedError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { textOf } from '../payload.ts';
import type { PayloadRecord } from '../payload.ts';
import { classifySlackError } from './classify-error.ts';
import type { MethodName } from './methods.ts';
import { postToUrl } from './post-to-url.ts';
import { blockBudget, bucketsOf, takeBudget } from './slack-budget.ts';
import type { Bucket } from './slack-budget.ts';
import type { Transport } from './transport.ts';
import { createWaitingList } from './waiting-list.ts';
import type { WaitingList } from './waiting-list.ts';

export interface CallOptions {
  /** 1 first … 9 last; from 7 on a call leaves part of the budget to others. */
  readonly urgency: number;
  /** Runs when the budget is there and before anything is sent: notes that the call is being tried. */
  readonly beforeSend?: () => Promise<void>;
}

/** The only way out to Slack. Every function throws CodedErrors; see classify-error.ts for what they mean. */
export interface Gateway {
  /** A call of a job: waits at most 1.5 s for budget, else throws `rate_limited`; then 5 s for Slack. Never repeats. */
  readonly call: (method: MethodName, args: PayloadRecord, options: CallOptions) => Promise<PayloadRecord>;
  /** A call that answers the person who just acted, or decides for them: waits for no budget, and 2 s for Slack. */
  readonly answer: (method: MethodName, args: PayloadRecord) => Promise<PayloadRecord>;
  /** Answers through a payload's response_url, within 2 s; no limit of Slack's applies. */
  readonly respond: (responseUrl: string, body: PayloadRecord) => Promise<void>;
  /** Sends a file's content to the address that Slack gave for it. */
  readonly upload: (uploadUrl: string, text: string) => Promise<void>;
}

export interface CallSample {
  readonly method: string;
  readonly outcome: 'ok' | CodedError['code'];
  readonly milliseconds: number;
}

export interface GatewayDeps {
  readonly db: Queryable;
  readonly log: Logger;
  readonly transport: Transport;
  /** Where Slack is; response and upload addresses elsewhere are refused. */
  readonly apiUrl: string;
  /** Above 1 for a workspace to which Slack has granted higher limits. */
  readonly limitScale?: number;
  readonly onCall?: (sample: CallSample) => void;
}

const JOB_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 2_000;
const MAX_WAIT_MS = 1_500;
/** Milliseconds within which a second channel's 429 means that the whole method is meant. */
const SPREAD_MS = 10_000;

interface Parts extends GatewayDeps {
  readonly waiting: WaitingList;
  /** When each method last had a 429, and in which bucket. */
  readonly limited: Map<string, { readonly bucket: string; readonly at: number }>;
}

export function createGateway(deps: GatewayDeps): Gateway {
  const waiting = createWaitingList({ maxWaitMs: MAX_WAIT_MS, now: () => performance.now() });
  const parts: Parts = { ...deps, waiting, limited: new Map() };
  return {
    call: (method, args, options) => callForJob(parts, method, args, options),
    answer: (method, args) => callForPerson(parts, method, args),
    respond: (responseUrl, body) =>
      postToUrl({
        url: responseUrl,
        apiUrl: deps.apiUrl,
        body: JSON.stringify(body),
        contentType: 'application/json; charset=utf-8',
        timeoutMs: ANSWER_TIMEOUT_MS,
      }),
    upload: (uploadUrl, text) =>
      postToUrl({
        url: uploadUrl,
        apiUrl: deps.apiUrl,
        body: text,
        contentType: 'application/octet-stream',
        timeoutMs: JOB_TIMEOUT_MS,
      }),
  };
}

async function callForJob(
  parts: Parts,
  method: MethodName,
  args: PayloadRecord,
  options: CallOptions,
): Promise<PayloadRecord> {
  const buckets = bucketsFor(parts, method, args);
  const line = buckets.at(-1)?.name ?? method;
  await parts.waiting.take(line, options.urgency, (urgency) =>
    takeBudget(parts.db, buckets, { urgency, forced: false }),
  );
  await options.beforeSend?.();
  return send({ parts, method, args, buckets, timeoutMs: JOB_TIMEOUT_MS });
}

async function callForPerson(parts: Parts, method: MethodName, args: PayloadRecord): Promise<PayloadRecord> {
  const buckets = bucketsFor(parts, method, args);
  // Counted, not awaited: a person is told something even when the database does not answer.
  takeBudget(parts.db, buckets, { urgency: 1, forced: true }).catch((error: unknown) =>
    parts.log.debug({ err: error, method }, 'a call to Slack could not be counted'),
  );
  return send({ parts, method, args, buckets, timeoutMs: ANSWER_TIMEOUT_MS });
}

interface SendInput {
  readonly parts: Parts;
  readonly method: MethodName;
  readonly args: PayloadRecord;
  readonly buckets: readonly Bucket[];
  readonly timeoutMs: number;
}

async function send(input: SendInput): Promise<PayloadRecord> {
  const { parts, method } = input;
  const started = performance.now();
  let outcome: CallSample['outcome'] = 'ok';
  try {
    return await parts.transport.send(method, input.args, input.timeoutMs);
  } catch (thrown) {
    const error = classifySlackError(thrown, method);
    outcome = error.code;
    if (error.code === 'rate_limited') await noteLimit(input, error);
    throw error;
  } finally {
    parts.onCall?.({ method, outcome, milliseconds: performance.now() - started });
  }
}

/** Slack does not say which of its limits was hit: the channel's, unless another channel was refused just now too. */
async function noteLimit(input: SendInput, error: CodedError): Promise<void> {
  const { parts, method, buckets } = input;
  const seconds = error.retryAfterSeconds ?? 1;
  const narrow = buckets.at(-1);
  const before = parts.limited.get(method);
  const now = performance.now();
  const isWide = before !== undefined && before.bucket !== narrow?.name && now - before.at < SPREAD_MS;
  const closed = isWide ? buckets : buckets.slice(-1);
  parts.limited.set(method, { bucket: narrow?.name ?? method, at: now });
  parts.log.warn({ method, seconds, buckets: closed.map((bucket) => bucket.name) }, 'Slack said 429');
  try {
    for (const bucket of closed) await blockBudget(parts.db, bucket, seconds);
  } catch (databaseError) {
    // The call's own error matters more; the next call that Slack refuses notes the limit again.
    parts.log.warn({ err: databaseError, method }, 'a limit of Slack could not be shared with the replicas');
  }
}

function bucketsFor(parts: Parts, method: MethodName, args: PayloadRecord): readonly Bucket[] {
  return bucketsOf(method, textOf(args['channel']), parts.limitScale ?? 1);
}
