import type { TestProject } from 'vitest/node';
import { startTestServer } from './test-server.ts';
import type { TestServer } from './test-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Administrator of the run's PostgreSQL, and what createTestDatabase() needs besides. */
    testServer: { adminUrl: string; template: string; password: string };
  }
}

type Shared = { users: number; server: Promise<TestServer> };

// Each project loads this file anew, in one process: the server they share hangs on the process.
const KEY = Symbol.for('tocsin.test-server');
const holder: typeof globalThis & { [KEY]?: Shared } = globalThis;

/** One PostgreSQL with one migrated template per run, whichever projects run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = (holder[KEY] ??= { users: 0, server: startTestServer() });
  shared.users += 1;
  const server = await shared.server;
  project.provide('testServer', {
    adminUrl: server.adminUrl,
    template: server.template,
    password: server.password,
  });
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete holder[KEY];
    await server.stop();
  };
}
