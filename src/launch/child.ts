import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { removePidFile, stopProcess, writePidFile } from './pid-file.ts';

export type ChildPlan = {
  /** As people read it: "Tocsin", "The sandbox". */
  name: string;
  script: string;
  env: NodeJS.ProcessEnv;
  pidFile: string;
  logFile: string;
  /** Answers 2xx once the child can be used. */
  readyUrl: string;
};

export type ChildDeps = { say(text: string): void; onGivenUp(text: string): void };

export type Child = { ready(limitMs: number): Promise<boolean>; stop(limitMs: number): Promise<void> };

const LOG_LIMIT = 10 * 1024 * 1024;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** A child that lived this long was well: its next death counts as the first. */
const WELL_MS = 30_000;
const QUICK_DEATHS = 5;

/** Runs a program and starts it again when it dies, after a growing wait; gives up after five quick deaths in a row. */
export function runChild(plan: ChildPlan, deps: ChildDeps): Child {
  const stopping = new AbortController();
  let current: ChildProcess | undefined;
  const looping = keepAlive();

  async function keepAlive(): Promise<void> {
    let deaths = 0;
    while (!stopping.signal.aborted) {
      const from = Date.now();
      current = launch(plan);
      await once(current, 'exit');
      if (stopping.signal.aborted) return;
      deaths = Date.now() - from > WELL_MS ? 1 : deaths + 1;
      const end = `${plan.name} ended (${current.signalCode ?? `code ${current.exitCode}`})`;
      if (deaths >= QUICK_DEATHS) {
        deps.onGivenUp(
          `${end}, ${deaths} times in a row. The end of ${plan.logFile}:\n${tail(plan.logFile)}`,
        );
        return;
      }
      const wait = Math.min(FIRST_WAIT_MS * 2 ** (deaths - 1), LONGEST_WAIT_MS);
      deps.say(`${end}. Starting it again in ${wait / 1000} s; its log: ${plan.logFile}`);
      await delay(wait, undefined, { signal: stopping.signal }).catch(() => undefined); // stopped while waiting
    }
  }

  return {
    ready: (limitMs) => waitUntilReady(plan.readyUrl, limitMs, stopping.signal),
    async stop(limitMs) {
      stopping.abort();
      const pid = current?.exitCode === null && current.signalCode === null ? current.pid : undefined;
      if (pid !== undefined && (await stopProcess(pid, limitMs)) === 'killed') {
        deps.say(`${plan.name} did not stop within ${limitMs / 1000} s and was killed.`);
      }
      await looping;
      removePidFile(plan.pidFile);
    },
  };
}

/** In a group of its own, so that Ctrl-C reaches only the launcher, which stops the children in order. */
function launch(plan: ChildPlan): ChildProcess {
  const log = openSync(plan.logFile, 'a', 0o600);
  if (fstatSync(log).size > LOG_LIMIT) ftruncateSync(log);
  const child = spawn(process.execPath, [plan.script], {
    env: plan.env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  if (child.pid !== undefined) writePidFile(plan.pidFile, child.pid);
  return child;
}

async function waitUntilReady(url: string, limitMs: number, signal: AbortSignal): Promise<boolean> {
  const until = Date.now() + limitMs;
  while (Date.now() < until && !signal.aborted) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => undefined); // not listening yet
    await answer?.body?.cancel();
    if (answer?.ok) return true;
    await delay(50);
  }
  return false;
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}
