/**
 * One family of errors. `code` is for programs, `userMessage` is a sentence a person can act on and holds no
 * secret, `retryable` says whether trying the same thing later can succeed, `cause` keeps what really happened.
 */
export type ErrorCode =
  | 'bad_input'
  | 'not_allowed'
  | 'not_found'
  | 'conflict'
  | 'unavailable'
  | 'ambiguous'
  | 'rate_limited'
  | 'config'
  | 'internal';

export interface CodedErrorOptions {
  readonly cause?: unknown;
  /** Overrides the default of the code: unavailable, ambiguous and rate_limited are retryable. */
  readonly retryable?: boolean;
  /** For rate_limited: seconds until the next try makes sense. */
  readonly retryAfterSeconds?: number;
  /** Facts for the log; never secrets or personal data. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set(['unavailable', 'ambiguous', 'rate_limited']);

export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly userMessage: string;
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | undefined;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;

  constructor(code: ErrorCode, userMessage: string, options: CodedErrorOptions = {}) {
    super(`${code}: ${userMessage}`, { cause: options.cause });
    this.name = 'CodedError';
    this.code = code;
    this.userMessage = userMessage;
    this.retryable = options.retryable ?? RETRYABLE.has(code);
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.details = options.details ?? {};
  }
}

/** Any thrown value as a CodedError; unknown ones become `internal`, not retryable, with the value as cause. */
export function toCodedError(thrown: unknown): CodedError {
  if (thrown instanceof CodedError) return thrown;
  return new CodedError('internal', 'Something went wrong inside Tocsin. It has been logged.', {
    cause: thrown,
  });
}
