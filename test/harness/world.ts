import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createTestDatabase } from './database.ts';
import { loopbackAddresses } from './loopback-addresses.ts';
import { startProgram } from './program.ts';
import type { Program } from './program.ts';
import { connectSandbox } from './sandbox-client.ts';
import type { SandboxClient } from './sandbox-client.ts';
import type { TestServer } from './test-server.ts';

export interface WorldOptions {
  readonly replicas?: number;
  readonly delivery?: 'http' | 'socket';
  /** More environment for the replicas. */
  readonly env?: Readonly<Record<string, string>>;
  /** Modules that each replica preloads, such as fail points. */
  readonly preload?: (replica: number) => readonly string[];
  /** Slack's rate limits × this; 20 unless a test is about them. */
  readonly limitScale?: number;
  readonly rolloutMs?: number;
  /** The PostgreSQL to use outside vitest, or one that the test stops and starts. */
  readonly server?: TestServer;
  /** The way to the database that the replicas are given: through a proxy that breaks, say. */
  readonly databaseThrough?: (url: string) => string;
}

export interface Replica extends Program {
  readonly url: string;
  readonly adminUrl: string;
}

/** The whole thing: sandbox, a database of its own, and replicas of Tocsin as real processes. */
export interface World {
  readonly sandbox: SandboxClient;
  readonly replicas: readonly Replica[];
  /** The owner's connection: looks at rows, moves the clock. */
  readonly owner: pg.Client;
  readonly databaseUrl: string;
  readonly ownerUrl: string;
  startReplica(index: number): Promise<Replica>;
  /** Slack and cluster are gone (kill -9), and come back where they were. */
  killSandbox(): Promise<void>;
  startSandbox(): Promise<void>;
  /** Posts to a replica's webhook as a sender would. */
  alert(
    body: unknown,
    options?: { readonly source?: string; readonly token?: string; readonly replica?: number },
  ): Promise<Response>;
  /** Moves app.now() on by so many seconds. */
  passSeconds(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

const PORT = 8080;
const ADMIN_PORT = 8081;

export const SIGNING_SECRET = 'sandbox-signing-secret';

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const count = options.replicas ?? 1;
  const database = await createTestDatabase(options.server);
  const data = await mkdtemp(join(tmpdir(), 'tocsin-world-'));
  const hosts = loopbackAddresses(count);
  const urls = hosts.map((host) => `http://${host}:${PORT}`);
  let sandboxUrl = '';
  let sandboxProgram: Program | undefined;
  const startSandbox = async (): Promise<void> => {
    sandboxProgram = startProgram('sandbox/main.ts', {
      // The first start takes any free port, a later one the same again.
      SANDBOX_PORT: sandboxUrl === '' ? '0' : new URL(sandboxUrl).port,
      SANDBOX_DATA: join(data, 'sandbox'),
      SANDBOX_SIGNING_SECRET: SIGNING_SECRET,
      SANDBOX_LIMIT_SCALE: String(options.limitScale ?? 20),
      SANDBOX_ROLLOUT_MS: String(options.rolloutMs ?? 150),
      SANDBOX_ALERTS_URL: `${urls[0]}/alerts`,
      ...(options.delivery === 'socket'
        ? {}
        : { SANDBOX_EVENTS_URL: urls.map((url) => `${url}/slack/events`).join(',') }),
    });
    sandboxUrl = (await sandboxProgram.line(/sandbox ready/)).replace(/.*ready /, '').trim();
  };
  await startSandbox();
  const sandbox = connectSandbox(sandboxUrl);
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  owner.on('error', () => undefined);

  const replicas: Replica[] = [];
  const through = options.databaseThrough ?? ((url: string) => url);
  const startReplica = async (index: number): Promise<Replica> => {
    const program = startProgram(
      'src/main.ts',
      {
        PORT: String(PORT),
        ADMIN_PORT: String(ADMIN_PORT),
        HOST: hosts[index] ?? '',
        DATABASE_URL: through(database.url),
        DATABASE_MIGRATION_URL: through(database.ownerUrl),
        SLACK_BOT_TOKEN: 'xoxb-sandbox',
        ...(options.delivery === 'socket'
          ? { SLACK_APP_TOKEN: 'xapp-sandbox' }
          : { SLACK_SIGNING_SECRET: SIGNING_SECRET }),
        SLACK_API_URL: `${sandboxUrl}/slack/api/`,
        SLACK_LIMIT_SCALE: String(options.limitScale ?? 20),
        KUBECONFIG: join(data, 'sandbox', 'kubeconfig'),
        ALERT_TOKEN_ALERTMANAGER: 'sandbox',
        ALERT_TOKEN_GENERIC: 'sandbox',
        TOCSIN_DATA: join(data, `tocsin-${index}`),
        ...options.env,
      },
      (options.preload?.(index) ?? []).flatMap((module) => ['--import', module]),
    );
    const replica = {
      ...program,
      url: urls[index] ?? '',
      adminUrl: `http://${hosts[index]}:${ADMIN_PORT}`,
    };
    replicas[index] = replica;
    await program.line(/"msg":"ready"/);
    return replica;
  };
  await Promise.all(Array.from({ length: count }, (_, index) => startReplica(index)));

  return {
    sandbox,
    replicas,
    owner,
    databaseUrl: database.url,
    ownerUrl: database.ownerUrl,
    startReplica,
    startSandbox,
    killSandbox: async () => sandboxProgram?.kill('SIGKILL'),
    alert: (body, { source = 'alertmanager', token = 'sandbox', replica = 0 } = {}) =>
      fetch(`${urls[replica]}/alerts/${source}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    passSeconds: async (seconds) => {
      await owner.query('update app.clock set offset_by = offset_by + make_interval(secs => $1)', [seconds]);
    },
    stop: async () => {
      sandbox.close();
      await Promise.all(replicas.map((replica) => replica.kill()));
      await sandboxProgram?.kill();
      await owner.end();
      await database.drop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
