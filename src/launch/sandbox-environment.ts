import { join } from 'node:path';
import type { Ports } from './ports.ts';

/** Settings that say "this is a real installation": with any of them, no sandbox is started. */
const REAL = /^(SLACK_\w+|DATABASE_(MIGRATION_)?URL(_FILE)?|KUBECONFIG(_FILE)?)$/;

/** The variables in this environment that belong to a real installation. */
export function realSettings(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env)
    .filter((name) => REAL.test(name) && env[name] !== '')
    .sort();
}

const SIGNING_SECRET = 'sandbox-signing-secret';

/** Node keeps what it made of our TypeScript here; a second start takes a third less time. */
function compileCache(dataDir: string): string {
  return join(dataDir, 'run', 'compile-cache');
}

/** What the sandbox is told. */
export function sandboxEnvironment(env: NodeJS.ProcessEnv, ports: Ports, dataDir: string): NodeJS.ProcessEnv {
  const tocsin = `http://127.0.0.1:${ports.PORT}`;
  return {
    ...env,
    SANDBOX_PORT: String(ports.SANDBOX_PORT),
    SANDBOX_DATA: join(dataDir, 'sandbox'),
    SANDBOX_EVENTS_URL: `${tocsin}/slack/events`,
    SANDBOX_ALERTS_URL: `${tocsin}/alerts`,
    SANDBOX_SIGNING_SECRET: SIGNING_SECRET,
    NODE_COMPILE_CACHE: compileCache(dataDir),
  };
}

/** What Tocsin is told: the settings of a real installation, with the sandbox's addresses. */
export function tocsinEnvironment(env: NodeJS.ProcessEnv, ports: Ports, dataDir: string): NodeJS.ProcessEnv {
  return {
    ...env,
    HOST: '127.0.0.1',
    PORT: String(ports.PORT),
    ADMIN_PORT: String(ports.ADMIN_PORT),
    TOCSIN_DATA: dataDir,
    SLACK_BOT_TOKEN: 'xoxb-sandbox',
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    SLACK_API_URL: `http://127.0.0.1:${ports.SANDBOX_PORT}/slack/api/`,
    KUBECONFIG: join(dataDir, 'sandbox', 'kubeconfig'),
    ALERT_TOKEN_ALERTMANAGER: 'sandbox',
    ALERT_TOKEN_GENERIC: 'sandbox',
    NODE_COMPILE_CACHE: compileCache(dataDir),
  };
}
