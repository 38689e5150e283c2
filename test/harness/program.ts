import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');

/** Every test file starts programs; Node keeps what it made of our TypeScript, by content. */
const COMPILE_CACHE = join(ROOT, 'node_modules', '.cache', 'tocsin-compile');

/** A program of ours as a real process under this very Node. */
export interface Program {
  readonly child: ChildProcess;
  /** All it has printed, for the message of a test that fails. */
  output(): string;
  /** Resolves with the line once one that matches was printed; rejects when the program ends before. */
  line(pattern: RegExp, timeoutMs?: number): Promise<string>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** What still runs when this process ends, however it ends, is killed: a world that failed to start leaves nothing. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function startProgram(
  file: string,
  environment: Readonly<Record<string, string>>,
  nodeArguments: readonly string[] = [],
): Program {
  const inherited = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/tmp' };
  const child = spawn(process.execPath, [...nodeArguments, join(ROOT, file)], {
    env: { ...inherited, NODE_NO_WARNINGS: '1', NODE_COMPILE_CACHE: COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  running.add(child);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      running.delete(child);
      resolve();
    });
  });
  const line = (pattern: RegExp, timeoutMs = 30_000): Promise<string> =>
    new Promise((resolve, reject) => {
      const done = (settle: () => void): void => {
        listeners.delete(look);
        clearTimeout(timer);
        settle();
      };
      const look = (): void => {
        const found = output.split('\n').find((one) => pattern.test(one));
        if (found !== undefined) done(() => resolve(found));
      };
      const fail = (why: string): void =>
        done(() => reject(new Error(`${file}: ${why}\n${output.slice(-4_000)}`)));
      const timer = setTimeout(() => fail(`printed no ${pattern} in ${timeoutMs} ms`), timeoutMs);
      listeners.add(look);
      void ended.then(() => fail(`ended before it printed ${pattern}`));
      look();
    });
  return {
    child,
    output: () => output,
    line,
    kill: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await ended;
    },
  };
}
