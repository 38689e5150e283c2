import { expect, test } from 'vitest';
import { describeError } from '../../src/logger.ts';

test('says what went wrong also of what is thrown and is no Error, without its secrets', () => {
  const copy = {
    message: 'no answer from postgres://tocsin:hunter2@db/tocsin',
    queue: 'messages',
  };
  expect(describeError(copy)).toEqual({
    type: 'object',
    message: 'no answer from postgres[secret]db/tocsin',
  });
  expect(describeError('just words')).toEqual({ type: 'string', message: 'just words' });
  expect(describeError(undefined)).toEqual({ type: 'undefined', message: 'undefined' });
});
