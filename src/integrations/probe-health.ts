import type { HealthAnswer, ProbeHealth } from '../ports/health.ts';

/** A GET without credentials; redirects are not followed, so that a health address cannot lead anywhere else. */
export const probeHealth: ProbeHealth = async (url, { timeoutMs }): Promise<HealthAnswer> => {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return { ok: response.ok, text: `answers ${response.status}` };
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    return { ok: false, text: late ? `no answer within ${timeoutMs / 1000} s` : 'cannot be reached' };
  }
};
