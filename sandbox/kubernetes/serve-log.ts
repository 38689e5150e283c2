import type { ServerResponse } from 'node:http';

import type { ClusterParts } from './cluster-parts.ts';
import type { HttpAnswer, HttpCall } from './http-call.ts';
import type { Pod } from './objects.ts';
import { podLog, podLogBetween } from './pod-log.ts';
import type { Target } from './request-path.ts';
import { notFound, StatusError } from './status.ts';

const LOOK_MS = 1000;

export function logAnswer(parts: ClusterParts, call: HttpCall, target: Target): HttpAnswer {
  return { code: 200, body: podLog(parts, call, podOf(parts, target), parts.now()) };
}

/** Sends what there is, then each new line, until the client leaves, the pod is gone or its container ends. */
export function followLog(
  parts: ClusterParts,
  call: HttpCall,
  target: Target,
  response: ServerResponse,
): void {
  let from = parts.now();
  const start = podLog(parts, call, podOf(parts, target), from);
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.write(start);
  const look = setInterval(() => {
    const until = parts.now();
    try {
      response.write(podLogBetween(parts, call, podOf(parts, target), { from, until }));
      from = until;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      response.end();
    }
  }, LOOK_MS);
  look.unref();
  response.on('close', () => clearInterval(look));
}

function podOf(parts: ClusterParts, target: Target): Pod {
  const pod = parts.store.get('pods', target.namespace ?? '', target.name ?? '');
  if (!pod) throw notFound(target.info, target.name ?? '');
  return pod;
}
