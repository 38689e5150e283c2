import { setTimeout as delay } from 'node:timers/promises';
import { CodedError } from '../../errors.ts';

export interface WaitingList {
  /**
   * Resolves when the call has its budget, most urgent first.
   * @throws CodedError `rate_limited` with the seconds after which to try again, when that takes longer than `maxWaitMs`
   */
  readonly take: (
    key: string,
    urgency: number,
    tryTake: (urgency: number) => Promise<number>,
  ) => Promise<void>;
}

export interface WaitingListOptions {
  /** Milliseconds a call waits in memory; longer waits go back to the job queue. */
  readonly maxWaitMs: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

interface Waiting {
  readonly urgency: number;
  readonly since: number;
  readonly tryTake: (urgency: number) => Promise<number>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Seconds after which a call comes back at most, however many wait. */
const MAX_RETRY_AFTER = 30;

/** One line of waiting calls per bucket, so that a slow channel holds up nobody else. */
export function createWaitingList(options: WaitingListOptions): WaitingList {
  const lines = new Map<string, Waiting[]>();
  return {
    take: (key, urgency, tryTake) =>
      new Promise<void>((resolve, reject) => {
        const waiting = { urgency, since: options.now(), tryTake, resolve, reject };
        const line = lines.get(key);
        if (line !== undefined) {
          insert(line, waiting);
          return;
        }
        const opened = [waiting];
        lines.set(key, opened);
        void serve(opened, options, () => lines.delete(key));
      }),
  };
}

/** Serves a line until it is empty; never throws: what goes wrong belongs to the call that it happened to. */
async function serve(line: Waiting[], options: WaitingListOptions, close: () => void): Promise<void> {
  let refused = 0;
  for (let head = line[0]; head !== undefined; head = line[0]) {
    try {
      const seconds = await head.tryTake(head.urgency);
      if (seconds <= 0) {
        remove(line, head);
        head.resolve();
        continue;
      }
      refused = sendBackLate(line, seconds, refused, options);
      if (line.length > 0) await delay(Math.min(seconds * 1000, options.maxWaitMs));
    } catch (error) {
      remove(line, head);
      head.reject(error);
    }
  }
  // In the same turn as the look that found the line empty: nobody can join it in between.
  close();
}

/** Sends back all calls that cannot be served in time: the later in line, the later they come again. */
function sendBackLate(
  line: Waiting[],
  seconds: number,
  refused: number,
  options: WaitingListOptions,
): number {
  const ready = options.now() + seconds * 1000;
  const late = line.filter((one) => ready > one.since + options.maxWaitMs);
  let position = refused;
  for (const one of late) {
    remove(line, one);
    const spread = one.urgency <= 2 ? 0 : position * Math.min(seconds, 1);
    one.reject(
      new CodedError('rate_limited', 'Slack asks Tocsin to slow down. It goes on in a moment.', {
        retryAfterSeconds: Math.ceil(Math.min(MAX_RETRY_AFTER, seconds + spread)),
      }),
    );
    position += 1;
  }
  return position;
}

function insert(line: Waiting[], waiting: Waiting): void {
  const at = line.findIndex((other) => other.urgency > waiting.urgency);
  line.splice(at === -1 ? line.length : at, 0, waiting);
}

function remove(line: Waiting[], waiting: Waiting): void {
  const at = line.indexOf(waiting);
  if (at !== -1) line.splice(at, 1);
}
