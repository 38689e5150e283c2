import type { TestServer } from '../test/harness/test-server.ts';

/** One printed line. */
export interface Figure {
  /** As in "P2 alert to channel, p50". */
  readonly name: string;
  readonly figure: string;
  /** Ours against the other's, of the same round. */
  readonly ratio?: string;
  readonly bar: string;
  readonly verdict: Verdict;
  readonly note?: string;
}

export type Verdict = 'met' | 'missed' | 'too noisy' | 'skipped' | 'no bar';

export interface Benchmark {
  /** As on the command line: p2. */
  readonly id: string;
  readonly title: string;
  /** What is measured and against what, for docs/benchmarks.md. */
  readonly compares: string;
  readonly run: (settings: BenchSettings) => Promise<readonly Figure[]>;
}

export interface BenchSettings {
  /** More kills, longer idling: for a run by hand. */
  readonly isFull: boolean;
  readonly server: TestServer;
}

/** Per-round ratios may differ by this factor, the best and the worst round left out. */
const MAX_SPREAD = 2;
const MIN_ROUNDS = 5;

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export interface Comparison {
  /** Median of the ratios of the rounds. */
  readonly ratio: number;
  readonly spread: number;
  readonly isNoisy: boolean;
  readonly text: string;
}

/** Ours against the peer's, round by round: what disturbs the machine disturbs both of a round. */
export function compareRounds(ours: readonly number[], peer: readonly number[]): Comparison {
  const ratios = ours.map((value, round) => value / (peer[round] ?? Number.NaN)).toSorted((a, b) => a - b);
  const middle = ratios.slice(1, -1);
  const spread = (middle.at(-1) ?? Number.NaN) / (middle[0] ?? Number.NaN);
  const ratio = median(ratios);
  const isNoisy = ratios.length < MIN_ROUNDS || !(spread <= MAX_SPREAD);
  return {
    ratio,
    spread,
    isNoisy,
    text: `${short(ratio)}× (${ratios.length} rounds, spread ${short(spread)}×)`,
  };
}

/** A bar that a comparison must reach; noise is no verdict. */
export function judge(comparison: Comparison, isMet: boolean): Verdict {
  if (comparison.isNoisy) return 'too noisy';
  return isMet ? 'met' : 'missed';
}

export function short(value: number): string {
  if (!Number.isFinite(value)) return 'none';
  if (value === 0) return '0';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 4;
  return value.toFixed(digits);
}

export function line(figure: Figure): string {
  const ratio = figure.ratio === undefined ? '' : ` | ${figure.ratio}`;
  const note = figure.note === undefined ? '' : ` (${figure.note})`;
  return `${figure.name}: ${figure.figure}${ratio} | bar ${figure.bar} | ${figure.verdict}${note}`;
}
