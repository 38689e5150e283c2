import { ApiException } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { classifyError } from '../../../src/integrations/kubernetes/classify-error.ts';

const facts = { right: 'patch deployments', namespace: 'shop', context: 'east', isWrite: true };
const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

describe('what went wrong with a call of the cluster', () => {
  it.each([
    [401, 'not_allowed', 'not_allowed'],
    [403, 'not_allowed', 'not_allowed'],
    [404, 'not_found', 'not_found'],
    [409, 'conflict', 'conflict'],
    [422, 'bad_input', 'bad_input'],
    [429, 'unavailable', 'unavailable'],
    [500, 'ambiguous', 'unavailable'],
    [503, 'ambiguous', 'unavailable'],
  ])('%i: %s for a write, %s for a read', (status, write, read) => {
    const error = new ApiException(status, 'no', {}, {});
    expect(classifyError(error, facts).code).toBe(write);
    expect(classifyError(error, { ...facts, isWrite: false }).code).toBe(read);
  });

  it('a refused connection was never sent; a reset or a timeout may have been processed', () => {
    expect(classifyError(new TypeError('fetch failed', { cause: refused }), facts).code).toBe('unavailable');
    const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    expect(classifyError(new TypeError('fetch failed', { cause: reset }), facts).code).toBe('ambiguous');
    expect(classifyError(new DOMException('late', 'TimeoutError'), facts)).toMatchObject({
      code: 'ambiguous',
      userMessage: 'The cluster east does not answer in time.',
    });
  });

  it('names the right that is missing, and where', () => {
    expect(classifyError(new ApiException(403, 'no', {}, {}), facts).userMessage).toBe(
      "Tocsin's account lacks the right to patch deployments in namespace shop of east.",
    );
  });
});
