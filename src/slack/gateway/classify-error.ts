import { CodedError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import { asRecord, textOf } from '../payload.ts';

/** What Slack's `error` strings mean for a second try. What is not listed is final: the call itself is wrong. */
const VERDICTS: Readonly<Record<string, ErrorCode>> = {
  // "Possible some aspect of the operation succeeded before the error was raised": as open as a time-out.
  internal_error: 'ambiguous',
  fatal_error: 'ambiguous',
  request_timeout: 'ambiguous',
  service_unavailable: 'unavailable',
  accesslimited: 'unavailable',
  team_added_to_org: 'unavailable',
  external_channel_migrating: 'unavailable',
  fetch_members_failed: 'unavailable',
  ratelimited: 'rate_limited',
  rate_limited: 'rate_limited',
  too_many_requests: 'rate_limited',
  message_limit_exceeded: 'rate_limited',
  not_authed: 'config',
  invalid_auth: 'config',
  account_inactive: 'config',
  token_revoked: 'config',
  token_expired: 'config',
  missing_scope: 'config',
  not_allowed_token_type: 'config',
  no_permission: 'config',
  access_denied: 'config',
  app_access_restricted: 'config',
  ekm_access_denied: 'config',
  org_login_required: 'config',
  team_access_not_granted: 'config',
  restricted_action: 'config',
  name_taken: 'conflict',
  already_in_channel: 'conflict',
  already_pinned: 'conflict',
  hash_conflict: 'conflict',
  is_archived: 'conflict',
  edit_window_closed: 'conflict',
};

/** Token trouble ends when somebody mends the token: keep trying, so that nothing is lost meanwhile. */
const MENDABLE: ReadonlySet<string> = new Set([
  'not_authed',
  'invalid_auth',
  'account_inactive',
  'token_revoked',
  'token_expired',
]);

/** The request never left this machine, so nothing can have happened. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
]);

const SENTENCES: Readonly<Partial<Record<ErrorCode, string>>> = {
  ambiguous: 'Slack did not say whether that worked. Tocsin looks before it tries again.',
  unavailable: 'Slack does not answer right now.',
  rate_limited: 'Slack asks Tocsin to slow down. It goes on in a moment.',
  config: 'Slack refuses this to Tocsin: its token, scopes or workspace settings need attention.',
  not_found: 'Slack does not find what this is about any more.',
};

/** Seconds to wait after a 429 that names no time. */
const DEFAULT_RETRY_AFTER = 30;

/**
 * A failure of a Web API call as a CodedError. `details.slack` holds Slack's own word, `details.sent` is false when the
 * request certainly had no effect.
 */
export function classifySlackError(thrown: unknown, method: string): CodedError {
  if (thrown instanceof CodedError) return thrown;
  const error = asRecord(thrown);
  const code = textOf(error['code']);
  if (code === 'slack_webapi_rate_limited_error') return rateLimited(thrown, method, error['retryAfter']);
  if (code === 'slack_webapi_platform_error') return platformError(thrown, method);
  if (code === 'slack_webapi_http_error') return httpError(thrown, method, error['statusCode']);
  if (code === 'slack_webapi_request_error') return requestError(thrown, method, error['original']);
  // web-api throws a plain Error for a 429 whose Retry-After it cannot read.
  if (thrown instanceof Error && /rate.?limit|retry-after|429/i.test(thrown.message)) {
    return rateLimited(thrown, method, undefined);
  }
  return coded('ambiguous', { cause: thrown, method, slack: 'unreadable_answer' });
}

/** Slack's word for what was wrong, as in `channel_not_found`; undefined for other errors. */
export function slackErrorOf(error: unknown): string | undefined {
  if (!(error instanceof CodedError)) return undefined;
  const word = error.details['slack'];
  return typeof word === 'string' ? word : undefined;
}

/** True when the call certainly changed nothing: never sent, refused by a limit, or refused by Slack for a reason. */
export function hadNoEffect(error: unknown): boolean {
  return error instanceof CodedError && error.code !== 'ambiguous';
}

function platformError(thrown: unknown, method: string): CodedError {
  const data = asRecord(asRecord(thrown)['data']);
  const slack = textOf(data['error']) || 'unknown_error';
  const verdict =
    VERDICTS[slack] ?? (/(_not_found|^no_such_|^not_found$)/.test(slack) ? 'not_found' : 'bad_input');
  if (verdict === 'rate_limited') {
    return rateLimited(thrown, method, asRecord(data['response_metadata'])['retryAfter']);
  }
  return coded(verdict, { cause: thrown, method, slack });
}

function rateLimited(thrown: unknown, method: string, retryAfter: unknown): CodedError {
  const seconds = typeof retryAfter === 'number' && retryAfter > 0 ? retryAfter : DEFAULT_RETRY_AFTER;
  return new CodedError('rate_limited', sentence('rate_limited'), {
    cause: thrown,
    retryAfterSeconds: seconds,
    details: { method, slack: 'ratelimited', by_slack: true },
  });
}

function httpError(thrown: unknown, method: string, status: unknown): CodedError {
  const number = typeof status === 'number' ? status : 0;
  // A 5xx may come from a proxy after Slack did the work.
  const verdict = number >= 500 || number === 408 ? 'ambiguous' : 'unavailable';
  return coded(verdict, { cause: thrown, method, slack: `http_${number}` });
}

function requestError(thrown: unknown, method: string, original: unknown): CodedError {
  if (NOT_SENT.has(networkCode(original)))
    return coded('unavailable', { cause: thrown, method, slack: 'not_sent' });
  return coded('ambiguous', { cause: thrown, method, slack: 'no_answer' });
}

function networkCode(thrown: unknown): string {
  const error = asRecord(thrown);
  return textOf(error['code']) || textOf(asRecord(error['cause'])['code']);
}

interface CodedInput {
  readonly cause: unknown;
  readonly method: string;
  readonly slack: string;
}

function coded(code: ErrorCode, { cause, method, slack }: CodedInput): CodedError {
  const details = { method, slack };
  const options = MENDABLE.has(slack) ? { cause, details, retryable: true } : { cause, details };
  return new CodedError(code, sentence(code), options);
}

function sentence(code: ErrorCode): string {
  return SENTENCES[code] ?? 'Slack did not accept that. It has been logged.';
}
