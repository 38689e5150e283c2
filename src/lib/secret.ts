import { createHash, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

/** A value that prints as `[secret]` wherever it ends up by accident; `reveal` is the only way to the text. */
export interface Secret {
  readonly reveal: () => string;
  readonly toString: () => string;
  readonly toJSON: () => string;
}

const MASK = '[secret]';

export function secret(value: string): Secret {
  return Object.freeze({
    reveal: () => value,
    toString: () => MASK,
    toJSON: () => MASK,
    [inspect.custom]: () => MASK,
  });
}

/** Compares in constant time, whatever the lengths: both sides are hashed first. */
export function secretEquals(expected: Secret, given: string): boolean {
  return timingSafeEqual(digest(expected.reveal()), digest(given));
}

/** True when any of the secrets matches; looks at all of them, so that time tells nothing. */
export function anySecretEquals(expected: readonly Secret[], given: string): boolean {
  return expected.map((one) => secretEquals(one, given)).includes(true);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
