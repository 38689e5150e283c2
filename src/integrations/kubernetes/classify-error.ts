import { CodedError } from '../../errors.ts';

export interface CallFacts {
  /** What was tried, for people: "patch deployments". */
  readonly right: string;
  readonly namespace: string;
  readonly context: string;
  /** A write that got no clear answer may have happened. */
  readonly isWrite: boolean;
}

/**
 * A failed call as people and programs need it: what is certain not to have happened (403, 404, 409, 422, 429, a refused
 * connection) apart from what may have happened (a 5xx, a reset or a timeout after a write was sent).
 */
export function classifyError(thrown: unknown, facts: CallFacts): CodedError {
  if (thrown instanceof CodedError) return thrown;
  const status = statusOf(thrown);
  return status === undefined ? withoutAnswer(thrown, facts) : byStatus(status, thrown, facts);
}

/**
 * Reads an ApiException (known by its shape: importing the library would load it) or the error of a watch, which
 * carries its status differently. A DOMException has a numeric code too, but no body.
 */
function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ('code' in thrown && 'body' in thrown && typeof thrown.code === 'number') return thrown.code;
  return 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
}

function byStatus(status: number, cause: unknown, facts: CallFacts): CodedError {
  const details = { status, context: facts.context, namespace: facts.namespace, right: facts.right };
  const where = `in namespace ${facts.namespace} of ${facts.context}`;
  switch (status) {
    case 401:
      return new CodedError('not_allowed', `The cluster ${facts.context} does not accept Tocsin's account.`, {
        cause,
        details,
      });
    case 403:
      return new CodedError('not_allowed', `Tocsin's account lacks the right to ${facts.right} ${where}.`, {
        cause,
        details,
      });
    case 404:
      return new CodedError('not_found', `The cluster has no such deployment ${where}.`, { cause, details });
    case 409:
      return new CodedError('conflict', 'It changed in the cluster at the same moment.', { cause, details });
    case 429:
      return new CodedError('unavailable', `The cluster ${facts.context} is too busy to answer.`, {
        cause,
        details,
      });
    default:
      return status >= 500
        ? noClearAnswer(`answered ${status}`, cause, facts)
        : new CodedError('bad_input', `The cluster refused the request (${status}).`, { cause, details });
  }
}

function withoutAnswer(thrown: unknown, facts: CallFacts): CodedError {
  if (NEVER_SENT.has(codeOf(thrown))) {
    return new CodedError('unavailable', `The cluster ${facts.context} cannot be reached.`, {
      cause: thrown,
      details: { context: facts.context, right: facts.right },
    });
  }
  const late = thrown instanceof Error && (thrown.name === 'TimeoutError' || thrown.name === 'AbortError');
  return noClearAnswer(late ? 'does not answer in time' : 'broke the connection', thrown, facts);
}

function noClearAnswer(what: string, cause: unknown, facts: CallFacts): CodedError {
  return new CodedError(
    facts.isWrite ? 'ambiguous' : 'unavailable',
    `The cluster ${facts.context} ${what}.`,
    {
      cause,
      details: { context: facts.context, right: facts.right },
    },
  );
}

const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The system's code, which fetch hides in `cause`. */
function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return '';
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return codeOf(thrown.cause);
}
