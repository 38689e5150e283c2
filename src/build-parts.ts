import { mkdir } from 'node:fs/promises';
import type { Registry } from 'prom-client';
import { loadConfig } from './config/load-config.ts';
import { loadPlaybooks } from './config/load-playbooks.ts';
import type { Playbook } from './checklists/playbook/model.ts';
import { createDatabase } from './db/database.ts';
import { openDatabase } from './db/open-database.ts';
import type { DatabaseAddress } from './db/open-database.ts';
import { loadDefinitions, PLAYBOOKS_FOLDER } from './definitions.ts';
import type { Definitions } from './definitions.ts';
import type { Deps } from './deps.ts';
import { DESCRIPTIONS } from './descriptions.ts';
import { CodedError } from './errors.ts';
import { createRegistry } from './http/admin.ts';
import { createMetrics } from './http/metrics.ts';
import type { Metrics } from './http/metrics.ts';
import { createClusters } from './integrations/kubernetes/cluster.ts';
import type { Clusters } from './integrations/kubernetes/cluster.ts';
import { probeHealth } from './integrations/probe-health.ts';
import { newId } from './lib/id.ts';
import type { Logger } from './logger.ts';
import { createQueue } from './queue/queue.ts';
import type { Queue } from './queue/queue.ts';
import type { Settings } from './settings.ts';
import { createSlackApp } from './slack/app.ts';
import type { SlackApp } from './slack/app.ts';
import { createSlack } from './slack/create-slack.ts';
import type { RefreshSurfaceDeps } from './slack/refresh-surface.ts';

export interface Parts {
  readonly address: DatabaseAddress;
  readonly definitions: Definitions;
  readonly deps: Deps;
  readonly slackDeps: RefreshSurfaceDeps;
  readonly slackApp: SlackApp;
  readonly queue: Queue;
  readonly clusters: Clusters;
  readonly registry: Registry;
  readonly metrics: Metrics;
}

/** Reads what is configured, finds the database, and wires everything; opens no port and calls nobody. */
export async function buildParts(settings: Settings, log: Logger): Promise<Parts> {
  const [config, definitions] = await Promise.all([loadConfig(settings.configDir), loadDefinitions()]);
  const playbooks = await readPlaybooks(settings.playbooksDir, definitions);
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  const address = await openDatabase({ ...settings.database, dataDir: settings.dataDir, log });
  const db = createDatabase({ url: address.url, log, max: 6 });
  const queue = createQueue({ url: address.url, db, log });
  const { apiUrl, botToken, delivery, limitScale } = settings.slack;
  const registry = createRegistry();
  const metrics = createMetrics(registry, db);
  const slack = createSlack({ botToken, apiUrl, limitScale, db, log, onCall: metrics.slackCall });
  const { gateway, identity, chat, directory } = slack;
  const clusters = createClusters(settings.kubeconfig);
  const deps: Deps = {
    config,
    db,
    enqueue: queue.enqueue,
    chat,
    directory,
    cluster: clusters.reader,
    clusterWriter: clusters.writer,
    probeHealth,
    actions: definitions.actions,
    playbooks,
    descriptions: DESCRIPTIONS,
    log,
    newId,
  };
  const slackDeps: RefreshSurfaceDeps = { ...deps, gateway, identity, renderers: definitions.renderers };
  const { commands, listeners } = definitions;
  const slackApp = createSlackApp({
    ...slackDeps,
    commands,
    listeners,
    slackDirectory: directory,
    apiUrl,
    delivery,
  });
  return { address, definitions, deps, slackDeps, slackApp, queue, clusters, registry, metrics };
}

/** A team's own playbook with a mistake stops the start, like any other configuration. */
export async function readPlaybooks(
  playbooksDir: string | null,
  definitions: Definitions,
): Promise<readonly Playbook[]> {
  const known = { actions: [...definitions.actions.keys()], diagnostics: [] };
  const loaded = await loadPlaybooks({ shipped: PLAYBOOKS_FOLDER, team: playbooksDir }, known);
  const problems = loaded.problems.map((problem) => `${problem.file}:${problem.line}: ${problem.message}`);
  if (problems.length > 0) throw new CodedError('config', `Playbooks have problems:\n${problems.join('\n')}`);
  return loaded.playbooks;
}
