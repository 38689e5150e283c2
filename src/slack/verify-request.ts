import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../lib/secret.ts';

export interface SignedRequest {
  /** Header values as they came; several headers of one name are refused. */
  readonly signature: string | readonly string[] | undefined;
  readonly timestamp: string | readonly string[] | undefined;
  readonly rawBody: Buffer;
}

/** Slack's window, on both sides of the clock: Bolt's own check lets the future through. */
const WINDOW_SECONDS = 300;
const SIGNATURE = /^v0=[0-9a-f]{64}$/;
const TIMESTAMP = /^\d{1,12}$/;

/**
 * True when one of our signing secrets signed this very body at about this time (docs.slack.dev/authentication/
 * verifying-requests-from-slack). All secrets are tried, in constant time: during a rotation there are two.
 * @param nowSeconds Unix time
 */
export function verifyRequest(
  secrets: readonly Secret[],
  request: SignedRequest,
  nowSeconds: number,
): boolean {
  const { signature, timestamp, rawBody } = request;
  if (typeof signature !== 'string' || !SIGNATURE.test(signature)) return false;
  if (typeof timestamp !== 'string' || !TIMESTAMP.test(timestamp)) return false;
  if (Math.abs(nowSeconds - Number(timestamp)) > WINDOW_SECONDS) return false;
  const given = Buffer.from(signature.slice(3), 'hex');
  const matches = secrets.map((secret) => timingSafeEqual(given, sign(secret, timestamp, rawBody)));
  return matches.includes(true);
}

function sign(secret: Secret, timestamp: string, rawBody: Buffer): Buffer {
  return createHmac('sha256', secret.reveal()).update(`v0:${timestamp}:`).update(rawBody).digest();
}
