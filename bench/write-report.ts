import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../test/harness/program.ts';
import type { Benchmark, Figure } from './figures.ts';

export interface Measured {
  readonly benchmark: Benchmark;
  readonly figures: readonly Figure[];
}

/** docs/benchmarks.md from what was just measured. */
export function writeReport(measured: readonly Measured[], { isFull }: { readonly isFull: boolean }): void {
  const text = [
    '# Benchmarks',
    '',
    `Written by \`npm run bench${isFull ? ' -- --full' : ''}\`. Node ${process.versions.node}, ${availableParallelism()} cores, everything on loopback: Tocsin, the sandbox,`,
    'PostgreSQL with its defaults, and what we compare with. Times say something about one machine, ratios about the programs: both sides',
    'run in turn, the ratio is the median of the rounds’ ratios, and when rounds differ by more than 2× (best and worst left out) the verdict',
    'is "too noisy". Counts are exact.',
    ...measured.flatMap(section),
    '',
  ].join('\n');
  writeFileSync(join(ROOT, 'docs', 'benchmarks.md'), text);
}

function section({ benchmark, figures }: Measured): readonly string[] {
  return [
    '',
    `## ${benchmark.title} (\`npm run bench -- ${benchmark.id}\`)`,
    '',
    benchmark.compares,
    '',
    ...figures.flatMap((figure) => {
      const ratio = figure.ratio === undefined ? '' : `; ${figure.ratio}`;
      const note = figure.note === undefined ? '' : `. ${capital(figure.note)}`;
      return [
        `- **${figure.name}**: ${figure.figure}${ratio}. Bar: ${figure.bar}; **${figure.verdict}**${note}.`,
      ];
    }),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
