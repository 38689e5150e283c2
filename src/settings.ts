import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { secret } from './lib/secret.ts';
import type { Secret } from './lib/secret.ts';

/** How Tocsin runs here. Everything a team edits about incidents is in config/ instead. */
export interface Settings {
  readonly port: number;
  readonly adminPort: number;
  readonly host: string;
  readonly logLevel: string;
  readonly dataDir: string;
  readonly configDir: string;
  /** A team's own playbooks, looked at before the shipped ones. */
  readonly playbooksDir: string | null;
  readonly database: DatabaseSettings;
  readonly slack: SlackSettings;
  /** Path of the kubeconfig; null: the in-cluster account, if there is one. */
  readonly kubeconfig: string | null;
  /** Source id → tokens that are accepted, more than one during a rotation. */
  readonly alertTokens: ReadonlyMap<string, readonly Secret[]>;
}

export interface DatabaseSettings {
  /** null: a PostgreSQL of our own in `dataDir`. */
  readonly url: Secret | null;
  /** A login that may change the schema; the application's own is used when it is not given. */
  readonly migrationUrl: Secret | null;
}

export interface SlackSettings {
  readonly botToken: Secret;
  readonly apiUrl: string;
  /** Slack's published limits × this; above 1 where Slack has granted the workspace more. */
  readonly limitScale: number;
  /** HTTP: signing secrets, more than one during a rotation. Socket Mode: the app-level token. */
  readonly delivery:
    | { readonly mode: 'http'; readonly signingSecrets: readonly Secret[] }
    | { readonly mode: 'socket'; readonly appToken: Secret };
}

/** All that is wrong with the environment, in one error: nobody fixes settings one restart at a time. */
export class SettingsError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Tocsin cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;
type Complain = (problem: string) => void;

const ROOT = resolve(import.meta.dirname, '..');

/**
 * Reads the settings from the environment, the only place that does. `NAME_FILE` names a file that holds the value of
 * NAME, as container platforms mount secrets.
 * @throws SettingsError naming every problem
 */
export function readSettings(environment: Environment): Settings {
  const problems: string[] = [];
  const complain: Complain = (problem) => problems.push(problem);
  const read = (name: string): string | undefined => readValue(environment, name, complain);
  const settings: Settings = {
    port: readPort(read('PORT'), 8080, 'PORT', complain),
    adminPort: readPort(read('ADMIN_PORT'), 8081, 'ADMIN_PORT', complain),
    host: read('HOST') ?? '0.0.0.0',
    logLevel: readLogLevel(read('LOG_LEVEL'), complain),
    ...readDataAndDatabase(read),
    ...readFoldersWith(read),
    slack: readSlack(read, complain),
    kubeconfig: optionalPath(read('KUBECONFIG')),
    alertTokens: readAlertTokens(environment, read),
  };
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

/** The part that commands need which only look at the database. */
export function readDatabaseSettings(environment: Environment): Pick<Settings, 'dataDir' | 'database'> {
  const problems: string[] = [];
  const read = (name: string): string | undefined =>
    readValue(environment, name, (problem) => problems.push(problem));
  const settings = readDataAndDatabase(read);
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

/** The part that says where a team's own files are. */
export function readFolders(environment: Environment): Pick<Settings, 'configDir' | 'playbooksDir'> {
  return readFoldersWith((name) => readValue(environment, name, () => undefined));
}

function readFoldersWith(
  read: (name: string) => string | undefined,
): Pick<Settings, 'configDir' | 'playbooksDir'> {
  return {
    configDir: resolve(read('TOCSIN_CONFIG') ?? join(ROOT, 'config')),
    playbooksDir: optionalPath(read('TOCSIN_PLAYBOOKS')),
  };
}

function readDataAndDatabase(
  read: (name: string) => string | undefined,
): Pick<Settings, 'dataDir' | 'database'> {
  return {
    dataDir: resolve(read('TOCSIN_DATA') ?? join(ROOT, '.tocsin')),
    database: {
      url: optionalSecret(read('DATABASE_URL')),
      migrationUrl: optionalSecret(read('DATABASE_MIGRATION_URL')),
    },
  };
}

function readValue(environment: Environment, name: string, complain: Complain): string | undefined {
  const direct = environment[name];
  const file = environment[`${name}_FILE`];
  if (direct !== undefined && direct !== '' && file !== undefined) {
    complain(`${name} and ${name}_FILE are both set; keep one`);
  }
  if (file === undefined || file === '') return direct === '' ? undefined : direct;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    complain(`${name}_FILE names a file that cannot be read: ${file}`);
    return undefined;
  }
}

function readPort(value: string | undefined, fallback: number, name: string, complain: Complain): number {
  if (value === undefined) return fallback;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  complain(`${name} must be a port number from 0 (any free one) to 65535, not "${value}"`);
  return fallback;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

function readLogLevel(value: string | undefined, complain: Complain): string {
  if (value === undefined || LOG_LEVELS.includes(value)) return value ?? 'info';
  complain(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}, not "${value}"`);
  return 'info';
}

function readSlack(read: (name: string) => string | undefined, complain: Complain): SlackSettings {
  const botToken = read('SLACK_BOT_TOKEN');
  const signingSecret = read('SLACK_SIGNING_SECRET');
  const appToken = read('SLACK_APP_TOKEN');
  if (botToken === undefined)
    complain('SLACK_BOT_TOKEN is missing: the bot token (xoxb-…) of the installed Slack app');
  if (signingSecret === undefined && appToken === undefined) {
    complain(
      'SLACK_SIGNING_SECRET (for deliveries by HTTP) or SLACK_APP_TOKEN (xapp-…, for Socket Mode) is missing: set one',
    );
  }
  const apiUrl = read('SLACK_API_URL') ?? 'https://slack.com/api/';
  if (!URL.canParse(apiUrl)) complain(`SLACK_API_URL must be an absolute URL, not "${apiUrl}"`);
  return {
    botToken: secret(botToken ?? ''),
    apiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/`,
    limitScale: readLimitScale(read('SLACK_LIMIT_SCALE'), complain),
    delivery:
      appToken === undefined
        ? { mode: 'http', signingSecrets: splitSecrets(signingSecret ?? '') }
        : { mode: 'socket', appToken: secret(appToken) },
  };
}

function readLimitScale(value: string | undefined, complain: Complain): number {
  const scale = value === undefined ? 1 : Number(value);
  if (Number.isFinite(scale) && scale >= 0.1 && scale <= 1_000) return scale;
  complain(`SLACK_LIMIT_SCALE must be a number from 0.1 to 1000, not "${value}"`);
  return 1;
}

const ALERT_TOKEN = /^ALERT_TOKEN_([A-Z0-9_]+?)(_FILE)?$/;

/** ALERT_TOKEN_ALERTMANAGER=old,new → alertmanager: two tokens; an underscore in the name is a dash in the id. */
function readAlertTokens(
  environment: Environment,
  read: (name: string) => string | undefined,
): ReadonlyMap<string, readonly Secret[]> {
  const tokens = new Map<string, readonly Secret[]>();
  for (const variable of Object.keys(environment)) {
    const name = ALERT_TOKEN.exec(variable)?.[1];
    if (name === undefined) continue;
    const value = read(`ALERT_TOKEN_${name}`);
    if (value !== undefined) tokens.set(name.toLowerCase().replaceAll('_', '-'), splitSecrets(value));
  }
  return tokens;
}

function splitSecrets(value: string): readonly Secret[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(secret);
}

function optionalSecret(value: string | undefined): Secret | null {
  return value === undefined ? null : secret(value);
}

function optionalPath(value: string | undefined): string | null {
  return value === undefined ? null : resolve(value);
}
