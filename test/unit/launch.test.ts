import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { livingProcess } from '../../src/launch/pid-file.ts';
import { runWithSandbox } from '../../src/launch/run-with-sandbox.ts';
import type { Launched } from '../../src/launch/run-with-sandbox.ts';
import { realSettings } from '../../src/launch/sandbox-environment.ts';

/** Two stand-in programs under a root of their own: what is tested is the launcher. */
let root: string;
let said: string[];
let launched: Launched | undefined;
const FREE = { PORT: '0', ADMIN_PORT: '0', SANDBOX_PORT: '0' };

/** Answers every request, appends what happens to `events`, and does what its environment tells. */
const program = (name: string, port: string): string => `
  import { appendFileSync } from 'node:fs';
  import { createServer } from 'node:http';
  const note = (text) => appendFileSync(${JSON.stringify('EVENTS')}, '${name} ' + text + '\\n');
  if (process.env.DIES === '${name}') { console.error('no luck'); process.exit(3); }
  note('start ' + [process.env.SLACK_API_URL, process.env.SANDBOX_EVENTS_URL, process.env.HOST].join(' '));
  const server = createServer((_, answer) => answer.end('ok')).listen(Number(process.env.${port}), '127.0.0.1');
  process.on('SIGINT', () => note('SIGINT'));
  process.on('SIGTERM', () => { note('stop'); server.closeAllConnections(); server.close(() => process.exit(0)); });
`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tocsin-launch-'));
  said = [];
  for (const [folder, name, port] of [
    ['src', 'tocsin', 'ADMIN_PORT'],
    ['sandbox', 'sandbox', 'SANDBOX_PORT'],
  ] as const) {
    mkdirSync(join(root, folder));
    writeFileSync(join(root, folder, 'main.ts'), program(name, port).replace('EVENTS', join(root, 'events')));
  }
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
});

afterEach(async () => {
  await launched?.stop();
  launched = undefined;
  for (const name of ['tocsin', 'sandbox', 'launcher']) {
    const pid = livingProcess(pidFile(name));
    if (pid !== undefined && pid !== process.pid) process.kill(pid, 'SIGKILL');
  }
  rmSync(root, { recursive: true, force: true });
});

test('starts both on loopback, says where to click, and stops Tocsin before the sandbox', async () => {
  await start();
  const page = /Open (http:\/\/127\.0\.0\.1:\d+)/.exec(said.join('\n'))?.[1] ?? '';
  expect((await fetch(page)).status).toBe(200);
  expect(events()[1]).toContain(`tocsin start ${page}/slack/api/`);
  expect(events()[1]).toContain('127.0.0.1');
  expect(events()[0]).toMatch(/sandbox start .*http:\/\/127\.0\.0\.1:\d+\/slack\/events/);
  await launched?.stop();
  expect(events().slice(2)).toEqual(['tocsin stop', 'sandbox stop']);
  expect(existsSync(pidFile('launcher'))).toBe(false);
});

test('a child that dies is started again, and that is said', async () => {
  await start();
  process.kill(livingProcess(pidFile('tocsin')) ?? 0, 'SIGKILL');
  await expect.poll(() => said.join('\n')).toContain('Tocsin ended (SIGKILL). Starting it again');
  await expect.poll(() => events().filter((line) => line.startsWith('tocsin start')).length).toBe(2);
});

test('a child that cannot live ends the launcher with the end of its log', async () => {
  launched = await runWithSandbox({ root, env: { ...process.env, ...FREE, DIES: 'tocsin' }, say });
  expect(await launched.ended).toBe(1);
  expect(said.join('\n')).toMatch(/5 times in a row[\s\S]*no luck/);
});

test('after kill -9 of the launcher the next one stops what was left over and starts anew', async () => {
  const code = `
    const { runWithSandbox } = await import(${JSON.stringify(new URL('../../src/launch/run-with-sandbox.ts', import.meta.url).href)});
    await runWithSandbox({ root: ${JSON.stringify(root)}, env: process.env, say: (text) => console.log(text) });`;
  const first = spawn(process.execPath, ['--input-type=module', '-e', code], {
    env: { ...process.env, ...FREE },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(first.stdout, 'data');
  const left = livingProcess(pidFile('tocsin'));
  first.kill('SIGKILL');
  await once(first, 'close');
  expect(left).toBeGreaterThan(0);
  expect(livingProcess(pidFile('tocsin'))).toBe(left);
  await start();
  expect(said.filter((text) => text.includes('left over'))).toHaveLength(2);
  expect(livingProcess(pidFile('tocsin'))).not.toBe(left);
});

test('a taken port is named together with the variable that moves it', async () => {
  const stranger = createServer().listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const address = stranger.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const env = { ...process.env, ...FREE, ADMIN_PORT: port };
  await expect(runWithSandbox({ root, env, say })).rejects.toThrow(
    `Port ${port} is taken by another program`,
  );
  await expect(runWithSandbox({ root, env, say })).rejects.toThrow('ADMIN_PORT=');
  stranger.close();
});

test('a second launcher of the same data is refused', async () => {
  await start();
  const env = { ...process.env, ...FREE };
  await expect(runWithSandbox({ root, env, say })).rejects.toThrow(
    /runs already: open http:\/\/127.*kill \d+/,
  );
});

test('a launcher that has lost the npm that started it makes way', async () => {
  const code = `
    const { runWithSandbox } = await import(${JSON.stringify(new URL('../../src/launch/run-with-sandbox.ts', import.meta.url).href)});
    const launched = await runWithSandbox({ root: ${JSON.stringify(root)}, env: process.env, say: (text) => console.log(text) });
    process.on('SIGTERM', () => launched.stop());`;
  // The shell in between plays npm, and exits at once.
  const shell = spawn(
    '/bin/sh',
    ['-c', '"$0" --input-type=module -e "$1" & read line', process.execPath, code],
    {
      env: { ...process.env, ...FREE },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  await once(shell.stdout, 'data');
  const first = livingProcess(pidFile('launcher'));
  shell.kill('SIGKILL');
  await once(shell, 'exit');
  await start();
  expect(said.join('\n')).toContain(`Stopping process ${first}`);
  expect(livingProcess(pidFile('launcher'))).toBe(process.pid);
});

test.each(['SLACK_BOT_TOKEN', 'SLACK_BOT_TOKEN_FILE', 'SLACK_API_URL', 'DATABASE_URL', 'KUBECONFIG'])(
  '%s means a real installation',
  (name) => {
    expect(realSettings({ PATH: '/bin', [name]: 'x' })).toEqual([name]);
    expect(realSettings({ PATH: '/bin', [name]: '' })).toEqual([]);
  },
);

test('the command says what is needed when its Node is too old and none is installed', () => {
  const copy = join(root, 'clone');
  mkdirSync(join(copy, 'node_modules'), { recursive: true });
  cpSync(new URL('../../bin', import.meta.url), join(copy, 'bin'), { recursive: true });
  const file = join(copy, 'bin', 'tocsin.cjs');
  const old = 'Object.defineProperty(process.versions, "node", { value: "20.1.0" });';
  writeFileSync(join(root, 'old.cjs'), old);
  const result = spawnSync(process.execPath, ['--require', join(root, 'old.cjs'), file], {
    encoding: 'utf8',
  });
  expect(result.status).toBe(1);
  expect(result.stderr).toMatch(/needs Node 22\.22 or newer; this is Node 20\.1\.0/);
});

async function start(): Promise<void> {
  launched = await runWithSandbox({ root, env: { ...process.env, ...FREE }, say });
  await expect.poll(() => said.join('\n'), { timeout: 15_000 }).toContain('Open http://');
}

function say(text: string): void {
  said.push(text);
}

function pidFile(name: string): string {
  return join(root, '.tocsin', 'run', `${name}.pid`);
}

function events(): string[] {
  const path = join(root, 'events');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}
