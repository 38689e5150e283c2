import { setTimeout as wait } from 'node:timers/promises';
import { firingAlert } from '../test/harness/alerts.ts';
import type { LedgerEntry } from '../test/harness/sandbox-client.ts';
import { startWorld } from '../test/harness/world.ts';
import type { World } from '../test/harness/world.ts';
import { startAlertmanager } from './alertmanager.ts';
import type { Alertmanager } from './alertmanager.ts';
import { drained } from './drained.ts';
import { compareRounds, judge, median, percentile, short } from './figures.ts';
import type { Benchmark, BenchSettings, Figure } from './figures.ts';

const ROUNDS = 7;
const ALERTS = 200;
const APART_MS = 30;
const CALM_ALERTS = 20;
const CALM_APART_MS = 500;
const BARS = { p50: { ms: 15, ratio: 6 }, p99: { ms: 150, ratio: undefined } } as const;

interface Pace {
  readonly count: number;
  /** Milliseconds. */
  readonly apart: number;
}

const STORM: Pace = { count: ALERTS, apart: APART_MS };

export const alertToChannel: Benchmark = {
  id: 'p2',
  title: 'Alert to channel',
  compares:
    'From sending the webhook to the ledger’s entry of conversations.create: 200 alerts 30 ms apart, each an incident of its own that at the same time gets its card, checklist, announcement, invitation, topic and pin. Against Alertmanager (group_wait 0) from receiving the alert to its webhook, 200 alerts at the same pace in the same round. Limits of Slack are a thousand times wider; commits are durable here, Alertmanager keeps alerts in memory.',
  run: measure,
};

async function measure({ server }: BenchSettings): Promise<readonly Figure[]> {
  const alertmanager = await startAlertmanager().catch((error: unknown) => error);
  const world = await startWorld({ server, limitScale: 1_000 });
  try {
    const ours: number[][] = [];
    const peer: number[][] = [];
    await ourRound(world, 'warm', { count: 20, apart: APART_MS });
    const calm = await ourRound(world, 'calm', { count: CALM_ALERTS, apart: CALM_APART_MS });
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await ourRound(world, `r${round}`, STORM));
      if (isAlertmanager(alertmanager)) peer.push(await peerRound(alertmanager, `r${round}`));
    }
    return [calmFigure(calm), figureOf('p50', 0.5, ours, peer), figureOf('p99', 0.99, ours, peer)];
  } finally {
    if (isAlertmanager(alertmanager)) await alertmanager.stop();
    await world.stop();
  }
}

function isAlertmanager(started: unknown): started is Alertmanager {
  return typeof started === 'object' && started !== null && 'webhooks' in started;
}

function calmFigure(times: readonly number[]): Figure {
  return {
    name: 'P2 alert to channel, one incident at a time',
    figure: `p50 ${short(median(times))} ms, max ${short(percentile(times, 1))} ms of ${times.length}`,
    bar: 'none',
    verdict: 'no bar',
    note: `${CALM_APART_MS} ms apart, so that nothing queues`,
  };
}

function figureOf(
  name: 'p50' | 'p99',
  share: number,
  ours: readonly number[][],
  peer: readonly number[][],
): Figure {
  const bar = BARS[name];
  const mine = ours.map((round) => percentile(round, share));
  const theirs = peer.map((round) => percentile(round, share));
  const isQuick = median(mine) <= bar.ms;
  const head = { name: `P2 alert to channel, ${name}` };
  if (theirs.length === 0) {
    const figure = `${short(median(mine))} ms, Alertmanager is missing here`;
    return { ...head, figure, bar: `≤ ${bar.ms} ms`, verdict: isQuick ? 'met' : 'missed' };
  }
  const comparison = compareRounds(mine, theirs);
  const isMet = isQuick && (bar.ratio === undefined || comparison.ratio <= bar.ratio);
  return {
    ...head,
    figure: `${short(median(mine))} ms, Alertmanager ${short(median(theirs))} ms`,
    ratio: comparison.text,
    bar: `≤ ${bar.ms} ms${bar.ratio === undefined ? '' : `, ≤ ${bar.ratio}×`}`,
    // Noise is no verdict, unless no round comes near the bar.
    verdict: Math.min(...mine) > bar.ms ? 'missed' : judge(comparison, isMet),
    note: `rounds ${mine.map(short).join(', ')} ms`,
  };
}

/** @returns milliseconds of each alert */
async function ourRound(world: World, round: string, pace: Pace): Promise<number[]> {
  const before = (await world.sandbox.ledger('conversations.create')).at(-1)?.seq ?? 0;
  const sent = await paced(round, pace, async (name) => {
    const answer = await world.alert(firingAlert(name, { service: 'checkout' }));
    if (answer.status !== 202) throw new Error(`the webhook answered ${answer.status}`);
  });
  await drained(world.owner);
  const created = (await world.sandbox.ledger('conversations.create')).filter(
    (entry) => entry.seq > before && entry.effect,
  );
  return [...sent].map(([name, at]) => arrival(created, name) - at);
}

function arrival(created: readonly LedgerEntry[], name: string): number {
  const entry = created.find((one) => String(one.args?.['name']).endsWith(`-${name}-fires`));
  if (entry === undefined) throw new Error(`no channel for ${name}`);
  return Date.parse(entry.at);
}

async function peerRound(alertmanager: Alertmanager, round: string): Promise<number[]> {
  const sent = await paced(round, STORM, (name) => alertmanager.alert(name));
  const deadline = Date.now() + 10_000;
  while ([...sent.keys()].some((name) => !alertmanager.webhooks.has(name))) {
    if (Date.now() > deadline) throw new Error('Alertmanager lost an alert');
    await wait(20);
  }
  return [...sent].map(([name, at]) => (alertmanager.webhooks.get(name) ?? Number.NaN) - at);
}

/** Sends at a steady pace, whatever the answers do. @returns when each was sent */
async function paced(
  round: string,
  { count, apart }: Pace,
  send: (name: string) => Promise<void>,
): Promise<Map<string, number>> {
  const sent = new Map<string, number>();
  const answers: Promise<void>[] = [];
  const started = performance.now();
  for (let number = 0; number < count; number += 1) {
    await wait(Math.max(0, started + number * apart - performance.now()));
    const name = `${round}n${number}`;
    sent.set(name, performance.timeOrigin + performance.now());
    answers.push(send(name));
  }
  await Promise.all(answers);
  return sent;
}
