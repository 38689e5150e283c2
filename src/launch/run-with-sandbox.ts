import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isOrphan } from '../lib/process-stamp.ts';
import { runChild } from './child.ts';
import type { Child } from './child.ts';
import { livingProcess, removePidFile, stopProcess, writePidFile } from './pid-file.ts';
import { choosePorts } from './ports.ts';
import type { Ports } from './ports.ts';
import { sandboxEnvironment, tocsinEnvironment } from './sandbox-environment.ts';

export type LaunchDeps = {
  root: string;
  env: NodeJS.ProcessEnv;
  say(text: string): void;
};

/** `ended` settles, with the exit code, when a child had to be given up. */
export type Launched = { ended: Promise<number>; stop(): Promise<void> };

const STOP_MS = 10_000;
const SANDBOX_READY_MS = 15_000;
const TOCSIN_READY_MS = 60_000;

/**
 * Starts the sandbox and Tocsin as separate processes on loopback, with all state below TOCSIN_DATA, and says where to
 * click. What an earlier launcher left running when it was killed is stopped first; the data stays.
 * @throws when a port is taken, or this folder is in use by another launcher.
 */
export async function runWithSandbox(deps: LaunchDeps): Promise<Launched> {
  const dataDir = resolve(deps.env['TOCSIN_DATA'] || join(deps.root, '.tocsin'));
  const folder = { run: join(dataDir, 'run'), logs: join(dataDir, 'logs') };
  for (const path of Object.values(folder)) mkdirSync(path, { recursive: true, mode: 0o700 });
  const ownFile = join(folder.run, 'launcher.pid');
  await makeWay(ownFile, folder.run, deps);
  writePidFile(ownFile, process.pid);
  try {
    for (const name of ['tocsin', 'sandbox']) await stopLeftover(join(folder.run, `${name}.pid`), deps);
    const ports = await choosePorts(deps.env);
    writeFileSync(join(folder.run, 'page'), pageOf(ports));
    return startBoth(deps, dataDir, ports, () => removePidFile(ownFile));
  } catch (error) {
    removePidFile(ownFile);
    throw error;
  }
}

function startBoth(deps: LaunchDeps, dataDir: string, ports: Ports, onStopped: () => void): Launched {
  const ended = Promise.withResolvers<number>();
  const children: Child[] = [];
  const stop = async (): Promise<void> => {
    // The last to start is the first to stop: Tocsin drains while its Slack still answers.
    for (const child of children.splice(0).reverse()) await child.stop(STOP_MS);
    onStopped();
  };
  const start = (name: string, script: string, env: NodeJS.ProcessEnv, readyUrl: string): Child => {
    const id = script.split('/')[0] === 'sandbox' ? 'sandbox' : 'tocsin';
    const plan = {
      name,
      script: join(deps.root, script),
      env,
      readyUrl,
      pidFile: join(dataDir, 'run', `${id}.pid`),
      logFile: join(dataDir, 'logs', `${id}.log`),
    };
    const onGivenUp = (text: string): void => {
      deps.say(text);
      ended.resolve(1);
    };
    const child = runChild(plan, { say: (text) => deps.say(text), onGivenUp });
    children.push(child);
    return child;
  };
  greet().catch((error: unknown) => {
    deps.say(String(error));
    ended.resolve(1);
  });
  return { ended: ended.promise, stop };

  async function greet(): Promise<void> {
    const page = pageOf(ports);
    const env = sandboxEnvironment(deps.env, ports, dataDir);
    const sandbox = start('The sandbox', 'sandbox/main.ts', env, `${page}/control/state`);
    if (!(await sandbox.ready(SANDBOX_READY_MS)) || children.length === 0) return;
    const ready = `http://127.0.0.1:${ports.ADMIN_PORT}/readyz`;
    const tocsin = start('Tocsin', 'src/main.ts', tocsinEnvironment(deps.env, ports, dataDir), ready);
    if (await tocsin.ready(TOCSIN_READY_MS)) deps.say(greeting(page, dataDir));
    else if (children.length > 0)
      deps.say(`Tocsin is not ready yet; its log: ${join(dataDir, 'logs', 'tocsin.log')}`);
  }
}

/**
 * One launcher per folder. One that has lost the npm that started it (killed the hard way) is nobody's any more and is
 * stopped; one in another terminal stays.
 */
async function makeWay(ownFile: string, run: string, deps: LaunchDeps): Promise<void> {
  const other = livingProcess(ownFile);
  if (other === undefined) return;
  if (!isOrphan(other)) {
    const page = existsSync(join(run, 'page')) ? readFileSync(join(run, 'page'), 'utf8') : 'its page';
    throw new Error(`Tocsin runs already: open ${page}. To stop it: kill ${other}`);
  }
  deps.say(`Stopping process ${other}, which was left over when npm was killed.`);
  await stopProcess(other, 3 * STOP_MS);
}

async function stopLeftover(pidFile: string, deps: LaunchDeps): Promise<void> {
  const pid = livingProcess(pidFile);
  if (pid === undefined) return;
  deps.say(`Stopping process ${pid}, which was left over when Tocsin was killed.`);
  await stopProcess(pid, STOP_MS);
  removePidFile(pidFile);
}

function pageOf(ports: Ports): string {
  return `http://127.0.0.1:${ports.SANDBOX_PORT}`;
}

function greeting(page: string, dataDir: string): string {
  return `
Tocsin is running, with a sandbox in place of Slack, Kubernetes and PagerDuty: no account, nothing real.

  Open ${page}

  1. As Ana, a responder: open "Alerts" and fire one that is critical.
  2. In the incident channel that opens, click "Acknowledge and take command" and work the checklist.
  3. Ask for a restart from the checklist; switch to Mira, a manager, and approve it.
  4. Type /incident resolve. The RCA is drafted for you.

Ctrl-C stops it; the next start goes on where it was. Data and logs: ${relative(process.cwd(), dataDir) || '.'}
`;
}
