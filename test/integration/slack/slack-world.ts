import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '../../../src/db/database.ts';
import type { Database } from '../../../src/db/database.ts';
import type { Deps } from '../../../src/deps.ts';
import { newId } from '../../../src/lib/id.ts';
import { secret } from '../../../src/lib/secret.ts';
import type { EnqueueJob } from '../../../src/queue/enqueue.ts';
import { createSlack } from '../../../src/slack/create-slack.ts';
import type { Slack } from '../../../src/slack/create-slack.ts';
import type { RendererDefinition, SlackMessage } from '../../../src/slack/define-renderer.ts';
import type { RefreshSurfaceDeps } from '../../../src/slack/refresh-surface.ts';
import type { SurfaceKind } from '../../../src/surfaces/model.ts';
import { createTestDatabase } from '../../harness/database.ts';
import type { TestDatabase } from '../../harness/database.ts';
import { startFreezableProxy } from '../../harness/freezable-proxy.ts';
import type { FreezableProxy } from '../../harness/freezable-proxy.ts';
import { quiet, testConfig } from '../../harness/feature.ts';
import { startProgram } from '../../harness/program.ts';
import { connectSandbox } from '../../harness/sandbox-client.ts';
import type { SandboxClient } from '../../harness/sandbox-client.ts';

export interface Enqueued {
  readonly job: string;
  readonly payload: unknown;
  readonly delaySeconds: number | undefined;
}

const notHere = (): Promise<never> => Promise.reject(new Error('no part of this test'));

/** What touches clusters and actions is no part of these tests. */
const ELSEWHERE = {
  cluster: { observeDeployment: notHere, followRollout: notHere },
  clusterWriter: { restartDeployment: notHere },
  probeHealth: notHere,
  actions: new Map(),
  playbooks: [],
  descriptions: [],
};

/** The sandbox as a process, a database, and Slack's side of Tocsin on them; jobs are noted and not run. */
export interface SlackWorld {
  readonly sandbox: SandboxClient;
  readonly database: TestDatabase;
  readonly db: Database;
  readonly slack: Slack;
  /** Another replica: its own pool, gateway and caches. */
  readonly replica: (limitScale?: number) => Slack;
  readonly enqueued: Enqueued[];
  readonly deps: Deps;
  /** Draws surfaces of each kind as `drawing.message` says. */
  readonly drawing: { message: SlackMessage | null };
  readonly refreshing: (slack?: Slack) => RefreshSurfaceDeps;
  /** Stands before the database; freeze it to see what a person is told meanwhile. */
  readonly proxy: FreezableProxy;
  readonly stop: () => Promise<void>;
}

export async function startSlackWorld(
  options: { readonly sandboxScale?: number; readonly limitScale?: number; readonly eventsUrl?: string } = {},
): Promise<SlackWorld> {
  const data = await mkdtemp(join(tmpdir(), 'tocsin-slack-'));
  const program = startProgram('sandbox/main.ts', {
    SANDBOX_PORT: '0',
    SANDBOX_DATA: data,
    SANDBOX_LIMIT_SCALE: String(options.sandboxScale ?? 0),
    ...(options.eventsUrl === undefined ? {} : { SANDBOX_EVENTS_URL: options.eventsUrl }),
  });
  const database = await createTestDatabase();
  const url = (await program.line(/sandbox ready/)).replace(/.*ready /, '').trim();
  const proxy = await startFreezableProxy(database.url);
  const pools: Database[] = [];
  const open = (): Database => {
    const db = createDatabase({ url: proxy.url, log: quiet });
    pools.push(db);
    return db;
  };
  const build = (db: Database, limitScale: number): Slack =>
    createSlack({
      botToken: secret('xoxb-sandbox'),
      apiUrl: `${url}/slack/api/`,
      limitScale,
      db,
      log: quiet,
    });
  const db = open();
  const slack = build(db, options.limitScale ?? 100);
  const enqueued: Enqueued[] = [];
  const enqueue: EnqueueJob = (_tx, job, payload, { delaySeconds } = {}) => {
    enqueued.push({ job, payload, delaySeconds });
    return Promise.resolve();
  };
  const deps: Deps = {
    config: testConfig(),
    db,
    enqueue,
    chat: slack.chat,
    directory: slack.directory,
    ...ELSEWHERE,
    log: quiet,
    newId,
  };
  const drawing: SlackWorld['drawing'] = { message: null };
  const kinds: readonly SurfaceKind[] = ['incident-card', 'announcement', 'notice', 'approval', 'execution'];
  const renderers = new Map<SurfaceKind, RendererDefinition>(
    kinds.map((kind) => [kind, { kind, render: () => Promise.resolve(drawing.message) }]),
  );
  const sandbox = connectSandbox(url);
  return {
    sandbox,
    database,
    db,
    slack,
    replica: (limitScale = options.limitScale ?? 100) => build(open(), limitScale),
    enqueued,
    deps,
    drawing,
    refreshing: (other = slack) => ({ ...deps, gateway: other.gateway, identity: other.identity, renderers }),
    proxy,
    stop: async () => {
      sandbox.close();
      await program.kill();
      await Promise.all(pools.map((pool) => pool.close()));
      await proxy.close();
      await database.drop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
