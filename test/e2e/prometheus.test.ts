import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePorts } from '../harness/free-port.ts';
import { requirePrometheus } from '../harness/services.ts';
import { tellStory } from '../harness/story.ts';
import type { Story } from '../harness/story.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

let world: World;
let story: Story;
let folder: string;
let target: Server | undefined;
let targetPort: number;
const running: ChildProcess[] = [];
let output = '';

beforeAll(async () => {
  const programs = await requirePrometheus();
  world = await startWorld();
  story = tellStory(world);
  folder = await mkdtemp(join(tmpdir(), 'tocsin-prometheus-'));
  const [prometheus = 0, alertmanager = 0, service = 0] = await freePorts(3);
  targetPort = service;
  await writeConfiguration({ alertmanager });
  start(programs.alertmanager, [
    `--config.file=${join(folder, 'alertmanager.yml')}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=127.0.0.1:${alertmanager}`,
    '--cluster.listen-address=',
  ]);
  start(programs.prometheus, [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${prometheus}`,
  ]);
}, 120_000);

afterAll(async () => {
  await Promise.all(running.map(stop));
  target?.close();
  target?.closeAllConnections();
  await world?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

it('a real Prometheus and Alertmanager open an incident for a dead service and resolve its alert when it lives', async () => {
  const { ana } = story;
  try {
    await story.goToIncident(1);
    await ana.sees(
      'P0 INC-1: The User Profile Service does not answer',
      '1 of 1 firing: UserProfileServiceDown',
    );
    await ana.sees('Route “User profile service is down”');

    target = createServer((_, response) => response.end('http_requests_total 1\n')).listen(
      targetPort,
      '127.0.0.1',
    );
    await ana.sees('All alerts of INC-1 are resolved.');
    await ana.sees('P0 INC-1', 'all 1 resolved');
  } catch (error) {
    throw new Error(`${String(error)}\n${output.slice(-4_000)}`, { cause: error });
  }
  // Prometheus and Alertmanager have repeated themselves meanwhile.
  const { rows } = await world.owner.query('select count(*)::int as incidents from app.incidents');
  expect(rows).toEqual([{ incidents: 1 }]);
});

function start(file: string, args: readonly string[]): void {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  running.push(child);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** The rules of the guides, with seconds where they wait for minutes. */
async function writeConfiguration({ alertmanager }: { readonly alertmanager: number }): Promise<void> {
  const url = `${world.replicas[0]?.url}/alerts/alertmanager`;
  const files = {
    'rules.yml': {
      groups: [
        {
          name: 'user-profile-service',
          rules: [
            {
              alert: 'UserProfileServiceDown',
              expr: 'up{job="user-profile-service"} == 0',
              for: '1s',
              labels: { severity: 'critical' },
              annotations: { summary: 'The User Profile Service does not answer' },
            },
            {
              alert: 'HighErrorRate',
              expr: 'rate(http_server_requests_seconds_count{status=~"5.."}[5m]) > 0.1',
              for: '5m',
              labels: { severity: 'warning' },
              annotations: { summary: 'The User Profile Service answers with errors' },
            },
            {
              alert: 'HighMemoryUsage',
              expr: '(jvm_memory_used_bytes{area="heap"} / jvm_memory_max_bytes{area="heap"}) > 0.85',
              for: '5m',
              labels: { severity: 'warning' },
              annotations: { summary: 'The User Profile Service runs out of heap' },
            },
          ],
        },
      ],
    },
    'prometheus.yml': {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [join(folder, 'rules.yml')],
      alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanager}`] }] }] },
      scrape_configs: [
        { job_name: 'user-profile-service', static_configs: [{ targets: [`127.0.0.1:${targetPort}`] }] },
      ],
    },
    'alertmanager.yml': {
      route: {
        receiver: 'tocsin',
        group_by: ['alertname'],
        group_wait: '1s',
        group_interval: '1s',
        repeat_interval: '2s',
      },
      receivers: [
        {
          name: 'tocsin',
          webhook_configs: [
            { url, send_resolved: true, http_config: { authorization: { credentials: 'sandbox' } } },
          ],
        },
      ],
    },
  };
  // JSON is YAML.
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), JSON.stringify(content, null, 2));
  }
}
