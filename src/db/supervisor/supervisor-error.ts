import { CodedError } from '../../errors.ts';

/** Every refusal of the supervisor is for the person who started the program: it says what to do. */
export function supervisorError(message: string, cause?: unknown): CodedError {
  return new CodedError('config', message, { cause });
}
