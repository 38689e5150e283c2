import { createDatabase } from '../../src/db/database.ts';
import type { Database } from '../../src/db/database.ts';
import type { Config, Route } from '../../src/config/model.ts';
import { newId } from '../../src/lib/id.ts';
import { createLogger } from '../../src/logger.ts';
import type { Chat } from '../../src/ports/chat.ts';
import type { Directory } from '../../src/ports/directory.ts';
import type { EnqueueJob } from '../../src/queue/enqueue.ts';
import { DESCRIPTIONS } from '../../src/descriptions.ts';
import { FLOW } from '../../src/flow.ts';
import type { Deps } from '../../src/deps.ts';
import { createTestDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { PgBoss } from 'pg-boss';

export const quiet = createLogger('silent');

const service = {
  environment: 'prod',
  kubernetes: null,
  healthUrl: null,
  links: [{ title: 'Dashboard', url: 'https://grafana.example/d/1' }],
};

export const ROUTES: readonly Route[] = [
  {
    name: 'down',
    match: { alert: '*Down', labels: {} },
    severity: 'P0',
    service: { label: 'service' },
    groupBy: [],
    isPrivate: false,
  },
  {
    name: 'by-label',
    match: { labels: { service: '*' } },
    severity: 'by-label',
    service: { label: 'service' },
    groupBy: ['alertname'],
    isPrivate: false,
  },
];

export function testConfig(over: Partial<Config> = {}): Config {
  return {
    hash: 'test',
    incidentsChannel: 'C0INCIDENTS',
    timeZone: 'UTC',
    services: new Map(
      ['checkout', 'payments', 'toggle'].map((id) => [id, { id, name: `The ${id}`, ...service }]),
    ),
    routes: ROUTES,
    people: [{ id: 'ana', name: 'Ana', slack: [{ teamId: 'T1', userId: 'U0ANA' }] }],
    onCall: { responders: ['ana', 'U0BEN'], approvers: [], deputies: [] },
    policies: [],
    ...over,
  };
}

/** What alerts and incidents need. */
export type FeatureDeps = Pick<
  Deps,
  'config' | 'db' | 'enqueue' | 'chat' | 'directory' | 'descriptions' | 'log' | 'newId'
>;

export interface Feature {
  readonly database: TestDatabase;
  readonly deps: FeatureDeps;
  /** A second pool, as another replica has it. */
  replica(): FeatureDeps;
  /** Jobs that wait, as "name" or by name with payload. */
  jobs(): Promise<readonly { job: string; payload: Record<string, string> }[]>;
  log(): Promise<readonly { kind: string; incident_id: string | null; data: Record<string, unknown> }[]>;
  moveClock(minutes: number): Promise<void>;
  close(): Promise<void>;
}

/** A database of its own with the features' deps on it; the chat is a stand-in given by the test. */
export async function createFeature(over: Partial<FeatureDeps> = {}): Promise<Feature> {
  const database = await createTestDatabase();
  const pools: Database[] = [];
  const boss = new PgBoss({
    connectionString: database.ownerUrl,
    schema: 'jobs',
    max: 1,
    migrate: false,
    createSchema: false,
    supervise: false,
    schedule: false,
  });
  await boss.start();
  const build = (): FeatureDeps => {
    const db = createDatabase({ url: database.url, log: quiet });
    pools.push(db);
    return {
      config: testConfig(),
      db,
      enqueue: enqueueWith(boss),
      chat: chatStub(),
      directory: directoryStub,
      descriptions: DESCRIPTIONS,
      log: quiet,
      newId,
      ...over,
    };
  };
  const deps = build();
  return {
    database,
    deps,
    replica: build,
    jobs: async () => {
      const answer = await deps.db.query<{ data: { job: string; payload: Record<string, string> } }>(
        `select data from jobs.job where state < 'active' order by created_on`,
      );
      return answer.rows.map((row) => row.data);
    },
    log: async () => {
      const answer = await deps.db.query<{
        kind: string;
        incident_id: string | null;
        data: Record<string, unknown>;
      }>('select kind, incident_id, data from log order by seq');
      return answer.rows;
    },
    moveClock: async (minutes) => {
      const owner = new Client({ connectionString: database.ownerUrl });
      await owner.connect();
      await owner.query(
        `update app.clock set offset_by = offset_by + make_interval(secs => 60 * $1::float8)`,
        [minutes],
      );
      await owner.end();
    },
    close: async () => {
      await boss.stop({ graceful: false });
      await Promise.all(pools.map((pool) => pool.close()));
      await database.drop();
    },
  };
}

/** Enqueues for real, in the transaction; no worker takes the jobs, so that a test sees them. */
function enqueueWith(boss: PgBoss): EnqueueJob {
  return async (tx, name, payload, options = {}) => {
    const key = options.key ?? randomUUID();
    await boss.send(
      FLOW[name].lane,
      { job: name, payload, key },
      {
        db: { executeSql: (text, values) => tx.query(text, values) },
        priority: 10 - (options.urgency ?? FLOW[name].urgency),
        singletonKey: `${name}:${key}`,
      },
    );
  };
}

const directoryStub: Directory = {
  user: async (user) => ({ ...user, isGuest: false, isBot: false, isDeactivated: false, isForeign: false }),
  groupMembers: async () => [],
};

/** A chat in which every call works; override what a test looks at. */
export function chatStub(over: Partial<Chat> = {}): Chat {
  return {
    createChannel: async ({ name }) => ({ outcome: 'created', channelId: `C-${name}` }),
    findOwnChannel: async () => undefined,
    invite: async () => undefined,
    setTopic: async () => undefined,
    pin: async () => undefined,
    uploadDocument: async () => 'F1',
    permalink: async () => undefined,
    ...over,
  };
}
