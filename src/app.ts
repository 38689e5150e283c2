import type { FastifyInstance } from 'fastify';
import { setTimeout as wait } from 'node:timers/promises';
import { createRefusalCounter } from './alerts/count-refusals.ts';
import { receiveAlerts } from './alerts/receive-alerts.ts';
import { buildParts } from './build-parts.ts';
import type { Parts } from './build-parts.ts';
import { migrate } from './db/migrate.ts';
import { createAdminServer } from './http/admin.ts';
import { alertWebhook } from './http/alert-webhook.ts';
import { createPublicServer } from './http/server.ts';
import { createJobHandlers } from './job-handlers.ts';
import { readHead, writeAnchor } from './log/anchor.ts';
import type { Logger } from './logger.ts';
import { startHousekeeping } from './queue/housekeeping.ts';
import type { Housekeeping } from './queue/housekeeping.ts';
import { installQueue } from './queue/install-queue.ts';
import type { Settings } from './settings.ts';
import { httpReceiver } from './slack/http-receiver.ts';

export interface App {
  start(): Promise<void>;
  /** Takes nothing new, ends what runs (at most 8 s), writes the log's anchor. */
  stop(): Promise<void>;
}

/** Milliseconds that running jobs are given at a stop; containers are killed after ten seconds at the earliest. */
const DRAIN_MS = 8_000;
const RETRY_MS = 1_000;

/**
 * The composition root: everything is built here, once. The ports open at once; alerts are taken as soon as the
 * database has its schema, whatever else is down; Slack's and Kubernetes' libraries load after that.
 */
export async function createApp(settings: Settings, log: Logger): Promise<App> {
  const state = { ready: false, stopping: false };
  const parts = await buildParts(settings, log);
  const publicServer = createPublicServer(() => state.ready);
  const adminServer = createAdminServer({
    notReady: () => whyNotReady(parts, state),
    registry: parts.registry,
  });
  await registerRoutes(publicServer, parts, settings, log);
  let housekeeping: Housekeeping | undefined;
  return {
    start: async () => {
      await adminServer.listen({ port: settings.adminPort, host: settings.host });
      await publicServer.listen({ port: settings.port, host: settings.host });
      if (!(await prepareDatabase(parts, log, state))) return;
      await parts.queue.start(createJobHandlers(parts.slackDeps));
      housekeeping = startHousekeeping({ db: parts.deps.db, log, anchor: () => anchorLog(parts, settings) });
      state.ready = true;
      const { port, adminPort } = settings;
      log.info({ port, adminPort, config: parts.deps.config.hash }, 'ready');
      await warmUp(parts, log);
    },
    stop: async () => {
      state.stopping = true;
      await publicServer.close();
      await housekeeping?.stop();
      await stopParts(parts, settings, log);
      await adminServer.close();
    },
  };
}

async function registerRoutes(
  publicServer: FastifyInstance,
  parts: Parts,
  settings: Settings,
  log: Logger,
): Promise<void> {
  await publicServer.register(alertWebhook, {
    sources: parts.definitions.sources,
    secretsOf: (sourceId) => settings.alertTokens.get(sourceId) ?? [],
    receive: async (delivery) => {
      const received = await receiveAlerts(parts.deps, delivery);
      parts.metrics.alertsAccepted(delivery.source, received.accepted);
      return received;
    },
    refusals: createRefusalCounter(parts.deps),
    log,
  });
  if (settings.slack.delivery.mode === 'http') {
    const { signingSecrets } = settings.slack.delivery;
    await publicServer.register(httpReceiver, {
      signingSecrets,
      getListener: parts.slackApp.getListener,
      log,
      now: () => Date.now(),
    });
  }
}

async function stopParts(parts: Parts, settings: Settings, log: Logger): Promise<void> {
  await parts.slackApp.stop();
  await parts.queue.stop(DRAIN_MS);
  await anchorLog(parts, settings).catch((error: unknown) =>
    log.warn({ err: error }, 'no anchor of the log written'),
  );
  await parts.deps.db.close();
  await parts.address.stop();
}

/** Schema and queue, tried until the database is there. @returns false when the process is to stop meanwhile */
async function prepareDatabase(
  parts: Parts,
  log: Logger,
  state: { readonly stopping: boolean },
): Promise<boolean> {
  for (;;) {
    if (state.stopping) return false;
    try {
      const applied = await migrate(parts.address.ownerUrl);
      await installQueue(parts.address.ownerUrl);
      if (applied.length > 0) log.info({ applied }, 'the database has its schema');
      return true;
    } catch (error) {
      log.warn({ err: error }, 'the database cannot be prepared yet; trying again');
      await wait(RETRY_MS);
    }
  }
}

/** The SDKs take a second each to load: after ready, and before somebody waits for them. */
async function warmUp(parts: Parts, log: Logger): Promise<void> {
  const warnings = await Promise.allSettled([parts.slackApp.start(), parts.clusters.warmUp()]);
  for (const one of warnings) {
    if (one.status === 'rejected')
      log.warn({ err: one.reason }, 'a library or connection could not be prepared');
  }
}

async function whyNotReady(parts: Parts, state: { readonly ready: boolean }): Promise<string | undefined> {
  if (!state.ready) return 'starting';
  try {
    await parts.deps.db.query('select 1');
    return undefined;
  } catch {
    return 'the database does not answer';
  }
}

async function anchorLog(parts: Parts, settings: Settings): Promise<void> {
  const head = await readHead(parts.deps.db);
  if (head !== undefined) await writeAnchor(settings.dataDir, head, new Date());
}
