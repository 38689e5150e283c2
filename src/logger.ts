import { pino } from 'pino';
import type { Logger } from 'pino';

export type { Logger };

/**
 * The process log: one JSON object a line on stdout. Only what is passed on purpose is logged; errors are reduced to
 * type, code, message and stack, never their enumerable fields, which in SDK errors hold requests with tokens.
 */
export function createLogger(level: string, destination?: { write(line: string): void }): Logger {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
    redact: { paths: ['*.token', '*.authorization', '*.password', '*.secret'], censor: '[secret]' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

interface ErrorFacts {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: ErrorFacts;
}

const SECRETS = /(xox[a-z]-[\w-]+|xapp-[\w-]+|Bearer\s+\S+|:\/\/[^\s:/@]+:[^\s@/]+@)/g;

/** An error as facts for the log, at most four causes deep. */
export function describeError(thrown: unknown, depth = 4): ErrorFacts {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: mask(sayWhat(thrown)) };
  const code = 'code' in thrown && typeof thrown.code === 'string' ? { code: thrown.code } : {};
  const stack = thrown.stack === undefined ? {} : { stack: mask(thrown.stack) };
  const cause =
    thrown.cause === undefined || depth <= 1 ? {} : { cause: describeError(thrown.cause, depth - 1) };
  return { type: thrown.name, ...code, message: mask(thrown.message), ...stack, ...cause };
}

/** The job queue reports copies of errors: objects that have a message and are no Error. */
function sayWhat(thrown: unknown): string {
  const hasMessage = typeof thrown === 'object' && thrown !== null && 'message' in thrown;
  return hasMessage && typeof thrown.message === 'string' ? thrown.message : String(thrown);
}

function mask(text: string): string {
  return text.replace(SECRETS, '[secret]');
}
