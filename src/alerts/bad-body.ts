import type { z } from 'zod';
import { CodedError } from '../errors.ts';

/** A failed schema as one sentence: the fields that are wrong (at most three) and what is allowed there. */
export function badBody(error: z.ZodError): CodedError {
  const issues = error.issues.slice(0, 3).map((issue) => `${nameOf(issue.path)}: ${inWords(issue.message)}`);
  const more = error.issues.length > 3 ? `; and ${error.issues.length - 3} more` : '';
  return new CodedError('bad_input', `The body is not as expected. ${issues.join('; ')}${more}.`);
}

/** Only field names of ours and positions: keys that the sender chose are not echoed. */
function nameOf(path: readonly PropertyKey[]): string {
  const parts = path.slice(0, 3).map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  return parts.length === 0 ? 'body' : parts.join('').replace(/^\./, '');
}

function inWords(message: string): string {
  return message
    .replace(/^Invalid (input|option): /, '')
    .replace(', received undefined', ', but it is missing');
}
