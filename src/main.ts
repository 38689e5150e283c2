import { createApp } from './app.ts';
import { readPlaybooks } from './build-parts.ts';
import { loadConfig } from './config/load-config.ts';
import { CodedError } from './errors.ts';
import { loadDefinitions } from './definitions.ts';
import { createLogger } from './logger.ts';
import { readFolders, readSettings, SettingsError } from './settings.ts';

// The process. `--check` loads every definition under this very Node and stops: what the gate runs.
await main();

async function main(): Promise<void> {
  try {
    if (process.argv.includes('--check')) {
      const definitions = await loadDefinitions();
      process.stdout.write(`definitions: ${definitions.summary}\n`);
      return;
    }
    if (process.argv.includes('--check-config')) {
      await checkConfig();
      return;
    }
    await run();
  } catch (error) {
    fail(error);
  }
}

/** Reads TOCSIN_CONFIG and TOCSIN_PLAYBOOKS as a start would, and stops: for a team's own CI. */
async function checkConfig(): Promise<void> {
  const { configDir, playbooksDir } = readFolders(process.env);
  const config = await loadConfig(configDir);
  const playbooks = await readPlaybooks(playbooksDir, await loadDefinitions());
  process.stdout.write(
    `configuration ${config.hash.slice(0, 12)}: ${config.services.size} services, ${config.routes.length} routes, `,
  );
  process.stdout.write(`${config.policies.length} policies, ${playbooks.length} playbooks; all well\n`);
}

async function run(): Promise<void> {
  const settings = readSettings(process.env);
  const log = createLogger(settings.logLevel);
  const app = await createApp(settings, log);
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping: finishing what runs');
    app.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping went wrong');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise was left to fail'));
  process.on('uncaughtException', (error) => {
    // The state is unknown now: another replica, or a restart, goes on from what is stored.
    log.fatal({ err: error }, 'stopped by an unexpected error');
    process.exit(1);
  });
  await app.start();
}

function fail(error: unknown): void {
  if (error instanceof SettingsError) process.stderr.write(`${error.message}\n`);
  else if (error instanceof CodedError && error.code === 'config')
    process.stderr.write(`${error.userMessage}\n`);
  else createLogger('info').fatal({ err: error }, 'Tocsin could not start');
  process.exitCode = 1;
}
