import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePorts } from '../test/harness/free-port.ts';
import { requirePrometheus } from '../test/harness/services.ts';

/** A real Alertmanager that posts each alert at once to a receiver in this process. */
export interface Alertmanager {
  /** When the webhook of each alert arrived, by its name. */
  readonly webhooks: ReadonlyMap<string, number>;
  readonly alert: (name: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startAlertmanager(): Promise<Alertmanager> {
  const { alertmanager: program } = await requirePrometheus();
  const webhooks = new Map<string, number>();
  const receiver = createServer((request, response) => {
    const at = performance.timeOrigin + performance.now();
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { alerts }: { alerts: { labels: { alertname: string } }[] } = JSON.parse(body);
      for (const { labels } of alerts)
        if (!webhooks.has(labels.alertname)) webhooks.set(labels.alertname, at);
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port: receiverPort } = receiver.address() as AddressInfo;
  const folder = await mkdtemp(join(tmpdir(), 'tocsin-bench-am-'));
  await writeFile(join(folder, 'config.yml'), config(receiverPort));
  const [port = 0] = await freePorts(1);
  const child = spawn(
    program,
    [
      `--config.file=${join(folder, 'config.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready(url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { webhooks, alert: (name) => post(url, name), stop };
}

function config(receiverPort: number): string {
  return `route:
  receiver: bench
  group_by: ['...']
  group_wait: 0s
  group_interval: 5m
receivers:
  - name: bench
    webhook_configs:
      - url: http://127.0.0.1:${receiverPort}/
`;
}

async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    await wait(50);
  }
  throw new Error('Alertmanager did not start');
}

async function post(url: string, name: string): Promise<void> {
  const answer = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([
      {
        labels: { alertname: name, severity: 'critical', service: 'checkout' },
        annotations: { summary: `${name} fires` },
      },
    ]),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`Alertmanager answered ${answer.status}`);
}
