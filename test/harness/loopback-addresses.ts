import { randomInt } from 'node:crypto';

/**
 * Addresses of this machine that nobody else uses: Linux has all of 127.0.0.0/8, so that programs of a test that runs
 * beside others need no free ports, which somebody may take between looking and listening.
 */
export function loopbackAddresses(count: number): readonly string[] {
  const net = `127.${randomInt(1, 255)}.${randomInt(1, 255)}`;
  const first = randomInt(1, 200);
  return Array.from({ length: count }, (_, index) => `${net}.${first + index}`);
}
