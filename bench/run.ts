import { startTestServer } from '../test/harness/test-server.ts';
import { alertToChannel } from './alert-to-channel.ts';
import { line } from './figures.ts';
import type { Benchmark, Figure } from './figures.ts';
import { headOfLine } from './head-of-line.ts';
import { slackCalls } from './slack-calls.ts';
import { startAndIdle } from './start-and-idle.ts';
import { takeOver } from './take-over.ts';
import { writeReport } from './write-report.ts';

/**
 * `npm run bench` runs all benchmarks in under four minutes, `npm run bench -- p5 p9` some, `-- --full` with more kills and
 * a longer idle time. Prints one line per figure. These are no tests: the exit is 0 unless something broke. A run of all
 * of them writes docs/benchmarks.md.
 */
const BENCHMARKS: readonly Benchmark[] = [alertToChannel, headOfLine, slackCalls, takeOver, startAndIdle];

/** Commits survive a power cut, as they do by default: what is measured is what users get. */
const DURABLE = { max_connections: '200' };

const words = process.argv.slice(2);
const isFull = words.includes('--full');
const wanted = words.filter((word) => word !== '--full').map((word) => word.toLowerCase());
const unknown = wanted.filter((id) => !BENCHMARKS.some((one) => one.id === id));
if (unknown.length > 0) {
  console.error(
    `no such benchmark: ${unknown.join(', ')} (there are ${BENCHMARKS.map(({ id }) => id).join(', ')})`,
  );
  process.exit(2);
}

const server = await startTestServer(DURABLE);
const done: { benchmark: Benchmark; figures: readonly Figure[] }[] = [];
try {
  for (const benchmark of BENCHMARKS.filter(({ id }) => wanted.length === 0 || wanted.includes(id))) {
    const figures = await benchmark.run({ isFull, server });
    for (const figure of figures) console.log(line(figure));
    done.push({ benchmark, figures });
  }
  if (wanted.length === 0) writeReport(done, { isFull });
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await server.stop();
}
// After an error something may still be listening; what was started ends with this process.
process.exit();
