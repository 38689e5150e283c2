import { setTimeout as wait } from 'node:timers/promises';
import { CodedError } from '../errors.ts';
import type { HealthAnswer, ProbeHealth } from '../ports/health.ts';

/** Pods are ready before load balancers know: a service gets this many tries, this many milliseconds apart. */
const TRIES = 6;
const PAUSE = 2_000;
const TIMEOUT = 2_000;

/** The first good answer, else the last bad one. */
export async function waitUntilHealthy(
  probe: ProbeHealth,
  url: string,
  signal: AbortSignal,
): Promise<HealthAnswer> {
  let answer = await probe(url, { timeoutMs: TIMEOUT });
  for (let tries = 1; !answer.ok && tries < TRIES; tries += 1) {
    await wait(PAUSE, undefined, { signal }).catch((cause: unknown) => {
      throw new CodedError('unavailable', 'Looking at the health of the service was stopped.', { cause });
    });
    answer = await probe(url, { timeoutMs: TIMEOUT });
  }
  return answer;
}
