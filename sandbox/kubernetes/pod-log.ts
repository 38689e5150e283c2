import { type ClusterParts, troubleOf } from './cluster-parts.ts';
import type { HttpCall } from './http-call.ts';
import type { Pod } from './objects.ts';
import { badRequest } from './status.ts';

/** One line every so many milliseconds. */
const EVERY_MS = 5000;
/** How far back the log goes, in lines: a node rotates its files. */
const KEPT = 2000;

export type LogLine = { at: number; text: string };

/**
 * What a container has printed up to `until`: always the same lines for the same pod, so two readers agree.
 * Obeys container, tailLines, sinceSeconds, sinceTime, previous, timestamps and limitBytes.
 *
 * @throws StatusError 400 for a container that does not exist or has not started.
 */
export function podLog(parts: ClusterParts, call: HttpCall, pod: Pod, until: number): string {
  const lines = linesOf(parts, call, pod, until).filter((line) => line.at >= sinceOf(call, until));
  const tail = call.query.get('tailLines');
  const wanted = tail === null ? lines : lines.slice(Math.max(0, lines.length - countOf('tailLines', tail)));
  const text = printed(call, wanted);
  const limit = call.query.get('limitBytes');
  return limit === null ? text : Buffer.from(text).subarray(0, countOf('limitBytes', limit)).toString();
}

/** Lines printed in `(from, until]`: what `follow` sends next. */
export function podLogBetween(
  parts: ClusterParts,
  call: HttpCall,
  pod: Pod,
  between: { from: number; until: number },
): string {
  const lines = linesOf(parts, call, pod, between.until);
  return printed(
    call,
    lines.filter((line) => line.at > between.from),
  );
}

function printed(call: HttpCall, lines: LogLine[]): string {
  const timestamps = call.query.get('timestamps') === 'true';
  return lines.map((line) => `${timestamps ? `${iso(line.at)} ` : ''}${line.text}\n`).join('');
}

function linesOf(parts: ClusterParts, call: HttpCall, pod: Pod, until: number): LogLine[] {
  const wanted = call.query.get('container') ?? pod.spec.containers[0]?.name;
  const status = pod.status.containerStatuses.find((one) => one.name === wanted);
  if (!status) throw badRequest(`container ${wanted} is not valid for pod ${pod.metadata.name}`);
  const previous = call.query.get('previous') === 'true';
  const ended = status.state.terminated ?? status.lastState.terminated;
  if (previous && !status.lastState.terminated) {
    throw badRequest(`previous terminated container "${wanted}" in pod "${pod.metadata.name}" not found`);
  }
  const running = status.state.running;
  if (running && !previous)
    return lifeOf(pod, Date.parse(running.startedAt), until, troubleOf(parts, pod).crash === true);
  if (ended) {
    const end = Date.parse(ended.finishedAt ?? '');
    return [
      ...lifeOf(pod, Date.parse(ended.startedAt ?? ended.finishedAt ?? ''), end, true),
      ...lastWords(pod, end),
    ];
  }
  const why = status.state.waiting?.reason ?? 'ContainerCreating';
  throw badRequest(`container "${wanted}" in pod "${pod.metadata.name}" is waiting to start: ${why}`);
}

function lifeOf(pod: Pod, start: number, until: number, sick: boolean): LogLine[] {
  const count = Math.floor((until - start) / EVERY_MS) + 1;
  const first = Math.max(0, count - KEPT);
  const lines: LogLine[] = [];
  for (let index = first; index < count; index += 1) {
    const at = start + index * EVERY_MS;
    lines.push({ at, text: `${iso(at)} ${index === 0 ? 'INFO  starting' : talk(pod, index, sick)}` });
  }
  return lines;
}

function talk(pod: Pod, index: number, sick: boolean): string {
  const dice = scatter(pod.metadata.name, index);
  const request = dice.toString(16).padStart(8, '0');
  if (index === 1) return 'INFO  listening, ready for requests';
  if (dice % 100 < (sick ? 40 : 2))
    return `ERROR request ${request} failed: database connection timed out after 2000 ms`;
  if (dice % 100 < (sick ? 60 : 6)) return `WARN  request ${request} slow: ${800 + (dice % 900)} ms`;
  return `INFO  request ${request} GET ${PATHS[dice % PATHS.length]} 200 ${3 + (dice % 60)} ms`;
}

function lastWords(pod: Pod, at: number): LogLine[] {
  return [
    {
      at,
      text: `${iso(at)} FATAL ${pod.spec.containers[0]?.name} cannot reach its database, giving up (exit 1)`,
    },
  ];
}

const PATHS = ['/api/v1/items', '/api/v1/items/42', '/health', '/api/v1/search?q=a', '/metrics'];

/** A number that looks random and is always the same for that pod and line (FNV-1a). */
function scatter(name: string, index: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${name} ${index}`)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

function sinceOf(call: HttpCall, now: number): number {
  const seconds = call.query.get('sinceSeconds');
  if (seconds !== null) return now - countOf('sinceSeconds', seconds) * 1000;
  const time = call.query.get('sinceTime');
  return time === null ? Number.NEGATIVE_INFINITY : Date.parse(time);
}

function countOf(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw badRequest(`${name} must be a whole number`);
  return Number(text);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
