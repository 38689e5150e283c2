import { webApi } from '@slack/bolt';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createDatabase } from '../src/db/database.ts';
import { CodedError } from '../src/errors.ts';
import { secret } from '../src/lib/secret.ts';
import { createLogger } from '../src/logger.ts';
import { createSlack } from '../src/slack/create-slack.ts';
import { createTestDatabase } from '../test/harness/database.ts';
import { startProgram } from '../test/harness/program.ts';
import { connectSandbox } from '../test/harness/sandbox-client.ts';
import type { SandboxClient } from '../test/harness/sandbox-client.ts';
import { compareRounds, judge, median, percentile, short } from './figures.ts';
import type { Benchmark, BenchSettings, Figure } from './figures.ts';

const ROUNDS = 7;
const CHANNELS = 20;
const RETRY_AFTER = 5;
const BAR_MS = 50;
const BAR_RATIO = 0.02;

/** A client that posts; resolves when Slack has taken the message. */
interface Poster {
  readonly post: (channel: string) => Promise<void>;
  /** Posts to a channel that answers 429: `refused` as soon as that is known, `posted` when it went through. */
  readonly postRefused: (channel: string) => { refused: Promise<void>; posted: Promise<void> };
  readonly close: () => Promise<void>;
}

export const headOfLine: Benchmark = {
  id: 'p4',
  title: 'Head of line',
  compares:
    'One channel answers 429 with Retry-After 5; twenty others get a message each. How much longer the slowest of them (p99) takes than twenty posts without a 429, through our gateway and through Slack’s own WebClient with its defaults.',
  run: measure,
};

async function measure({ server }: BenchSettings): Promise<readonly Figure[]> {
  const data = await mkdtemp(join(tmpdir(), 'tocsin-bench-'));
  const program = startProgram('sandbox/main.ts', {
    SANDBOX_PORT: '0',
    SANDBOX_DATA: data,
    SANDBOX_LIMIT_SCALE: '0',
  });
  const url = (await program.line(/sandbox ready/)).replace(/.*ready /, '').trim();
  const sandbox = connectSandbox(url);
  const database = await createTestDatabase(server);
  const apiUrl = `${url}/slack/api/`;
  const posters = [openGateway(database.url, apiUrl), openWebClient(apiUrl)] as const;
  try {
    const channels = await createChannels(apiUrl);
    for (const poster of posters) await Promise.all(channels.map((channel) => poster.post(channel)));
    const ours: number[] = [];
    const peer: number[] = [];
    const [forUs = '', forPeer = '', ...others] = channels;
    for (let round = 0; round < ROUNDS; round += 1) {
      const first = await addedDelay(posters[0], sandbox, { closed: forUs, others });
      const second = await addedDelay(posters[1], sandbox, { closed: forPeer, others });
      ours.push(first.ms);
      peer.push(second.ms);
      // The closed channels' own messages arrive too, late.
      await Promise.all([first.posted, second.posted]);
    }
    return [figureOf(ours, peer)];
  } finally {
    sandbox.close();
    await Promise.all(posters.map((poster) => poster.close()));
    await program.kill();
    await database.drop();
    await rm(data, { recursive: true, force: true });
  }
}

function figureOf(ours: readonly number[], peer: readonly number[]): Figure {
  const comparison = compareRounds(ours, peer);
  const isMet = median(ours) <= BAR_MS && comparison.ratio <= BAR_RATIO;
  // The peer waits five whole seconds: against that, what spreads is our handful of milliseconds.
  const noisy = comparison.isNoisy && percentile(ours, 1) > BAR_MS;
  return {
    name: 'P4 head of line, added delay of 20 other channels, p99',
    figure: `${short(median(ours))} ms, WebClient ${short(median(peer))} ms`,
    ratio: comparison.text,
    bar: `≤ ${BAR_MS} ms, ≤ ${BAR_RATIO}×`,
    verdict: noisy ? judge(comparison, isMet) : isMet ? 'met' : 'missed',
    note: `worst round ${short(percentile(ours, 1))} ms`,
  };
}

interface Delay {
  /** At least 1: a ratio of less means nothing. */
  readonly ms: number;
  readonly posted: Promise<void>;
}

async function addedDelay(
  poster: Poster,
  sandbox: SandboxClient,
  { closed, others }: { readonly closed: string; readonly others: readonly string[] },
): Promise<Delay> {
  const calm = await slowest(poster, others);
  await sandbox.fault({
    target: 'slack:chat.postMessage',
    match: { channel: closed },
    fault: { kind: 'rate_limited', retry_after: RETRY_AFTER },
  });
  const { refused, posted } = poster.postRefused(closed);
  await refused;
  const delayed = await slowest(poster, others);
  return { ms: Math.max(1, delayed - calm), posted };
}

async function slowest(poster: Poster, channels: readonly string[]): Promise<number> {
  const times = await Promise.all(
    channels.map(async (channel) => {
      const started = performance.now();
      await poster.post(channel);
      return performance.now() - started;
    }),
  );
  return percentile(times, 0.99);
}

function openGateway(databaseUrl: string, apiUrl: string): Poster {
  const log = createLogger('silent');
  const db = createDatabase({ url: databaseUrl, log, max: 6 });
  const { gateway } = createSlack({ botToken: secret('xoxb-sandbox'), apiUrl, limitScale: 100, db, log });
  const post = async (channel: string): Promise<void> => {
    await gateway.call('chat.postMessage', { channel, text: 'a message' }, { urgency: 3 });
  };
  return {
    post,
    postRefused: (channel) => {
      const first = post(channel).then(
        () => Promise.reject(new Error('the channel was to answer 429')),
        (error: unknown) => secondsOf(error),
      );
      return {
        refused: first.then(() => undefined),
        posted: first.then((seconds) => later(post, channel, seconds)),
      };
    },
    close: () => db.close(),
  };
}

/** What the job queue does with a call that was put back. */
async function later(post: Poster['post'], channel: string, seconds: number): Promise<void> {
  await wait(seconds * 1_000);
  await post(channel).catch((error: unknown) => later(post, channel, secondsOf(error)));
}

function secondsOf(error: unknown): number {
  if (!(error instanceof CodedError) || error.code !== 'rate_limited') throw error;
  return error.retryAfterSeconds ?? 1;
}

function openWebClient(apiUrl: string): Poster {
  const client = new webApi.WebClient('xoxb-sandbox', {
    slackApiUrl: apiUrl,
    logLevel: webApi.LogLevel.ERROR,
  });
  const post = async (channel: string): Promise<void> => {
    await client.chat.postMessage({ channel, text: 'a message' });
  };
  return {
    post,
    postRefused: (channel) => ({
      refused: new Promise((resolve) => client.once(webApi.WebClientEvent.RATE_LIMITED, () => resolve())),
      posted: post(channel),
    }),
    close: () => Promise.resolve(),
  };
}

async function createChannels(apiUrl: string): Promise<readonly string[]> {
  const client = new webApi.WebClient('xoxb-sandbox', { slackApiUrl: apiUrl });
  const ids: string[] = [];
  for (let number = 0; number < CHANNELS + 2; number += 1) {
    const answer = await client.conversations.create({ name: `bench-${number}` });
    ids.push(answer.channel?.id ?? '');
  }
  return ids;
}
