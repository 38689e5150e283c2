import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { livingProcess } from '../../src/launch/pid-file.ts';
import { processStamp } from '../../src/lib/process-stamp.ts';
import { startProgram } from '../harness/program.ts';
import type { Program } from '../harness/program.ts';
import { connectSandbox } from '../harness/sandbox-client.ts';

/** A newcomer's first minutes: one command, nothing configured, in a folder that only its owner may enter. */
let dataDir: string;
let running: { launcher: Program; page: string } | undefined;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'tocsin-one-command-'));
});

afterAll(async () => {
  await running?.launcher.kill('SIGKILL');
  for (const pid of processes()) process.kill(pid, 'SIGKILL');
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

test('one command, one alert, one channel; kill -9 of everything loses nothing; Ctrl-C leaves nothing running', async () => {
  running = await start();
  const alert = await fireAlert(running.page);
  expect(alert).toMatchObject({ status: 202 });
  const page = running.page;
  await expect.poll(() => incidentChannels(page), { timeout: 20_000 }).toHaveLength(1);
  const before = await incidentChannels(page);

  const killed = processes();
  expect(killed.length).toBe(4); // launcher, sandbox, Tocsin, PostgreSQL
  for (const pid of killed) process.kill(pid, 'SIGKILL');
  await expect.poll(() => processes()).toEqual([]);

  running = await start();
  expect(await incidentChannels(running.page)).toEqual(before);
  expect(await fireAlert(running.page)).toMatchObject({ status: 202 });
  expect(await incidentChannels(running.page)).toEqual(before);

  await running.launcher.kill('SIGINT');
  expect(running.launcher.child.exitCode).toBe(0);
  expect(processes()).toEqual([]);
});

async function start(): Promise<{ launcher: Program; page: string }> {
  const environment = { PORT: '0', ADMIN_PORT: '0', SANDBOX_PORT: '0', TOCSIN_DATA: dataDir };
  const launcher = startProgram('bin/tocsin.cjs', environment);
  const line = await launcher.line(/Open http:/, 45_000);
  return { launcher, page: line.replace(/^.*Open /, '').trim() };
}

/** Every living process of this data folder. */
function processes(): number[] {
  const noted = ['launcher', 'sandbox', 'tocsin'].map((name) =>
    livingProcess(join(dataDir, 'run', `${name}.pid`)),
  );
  return [...noted, postmaster()].filter((pid) => pid !== undefined);
}

function postmaster(): number | undefined {
  const file = join(dataDir, 'postgres', 'data', 'postmaster.pid');
  const pid = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
  return pid !== undefined && processStamp(pid) !== undefined ? pid : undefined;
}

/** The first alert of the page's panel, through the real webhook. The same id is the same alert, also after a restart. */
async function fireAlert(page: string): Promise<unknown> {
  const list = z.object({ alerts: z.array(z.object({ id: z.string() })).min(1) });
  const { alerts } = list.parse(await (await fetch(`${page}/control/alerts`)).json());
  const answer = await fetch(`${page}/control/alerts/${alerts[0]?.id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ status: 'firing' }),
  });
  return answer.json();
}

async function incidentChannels(page: string): Promise<string[]> {
  const channels = await connectSandbox(page).channels();
  return channels.map((channel) => channel.name).filter((name) => name.startsWith('inc-'));
}
