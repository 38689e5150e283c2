import type { App, Receiver } from '@slack/bolt';
import type { Secret } from '../lib/secret.ts';
import { bindListeners } from './bind-listeners.ts';
import { directoryEvents } from './directory-events.ts';
import type { SlackDirectory } from './directory.ts';
import type { DispatchDeps } from './dispatch.ts';
import type { EventTable } from './dispatch-event.ts';
import type { RequestListener } from './http-receiver.ts';
import { createSdkLogger } from './sdk-logger.ts';

export interface SlackAppDeps extends DispatchDeps {
  readonly slackDirectory: SlackDirectory;
  readonly apiUrl: string;
  /** How Slack delivers: by HTTP (see http-receiver.ts), or over sockets that we open. */
  readonly delivery: { readonly mode: 'http' } | { readonly mode: 'socket'; readonly appToken: Secret };
}

export interface SlackApp {
  /** Loads Bolt; in Socket Mode also connects, and keeps connecting in the background while Slack cannot be reached. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** For the HTTP receiver. */
  readonly getListener: () => Promise<RequestListener>;
}

/**
 * Milliseconds: socket-mode 3.1 waits this long before it reconnects, also after Slack's polite "refresh", and hangs up
 * when a ping is not answered within it. Its default of 5,000 leaves a gap of five seconds; 1,000 hangs up whenever the
 * process is busy for a second. A second connection covers what gap is left.
 */
const PING_TIMEOUT_MS = 2_000;
/** Milliseconds between the two connections' starts, so that Slack does not refresh both at once. */
const STAGGER_MS = 30_000;
const RECONNECT_MS = 2_000;

/** Bolt, loaded when the process is ready and not before: its packages take a second. */
export function createSlackApp(deps: SlackAppDeps): SlackApp {
  const events = mergeEvents(deps.listeners.events, directoryEvents(deps.slackDirectory));
  let listener: Promise<RequestListener> | undefined;
  const getListener = (): Promise<RequestListener> => {
    listener ??= createHttpListener(deps, events);
    return listener;
  };
  let sockets: Sockets | undefined;
  return {
    getListener,
    start: async () => {
      // Who we are is needed by the first click; while Slack cannot be asked, the click asks again.
      deps
        .identity()
        .catch((error: unknown) => deps.log.info({ err: error }, 'Slack does not say yet who we are'));
      if (deps.delivery.mode === 'http') await getListener();
      else sockets = await openSockets(deps, events, deps.delivery.appToken);
    },
    stop: async () => {
      await sockets?.stop();
    },
  };
}

async function createHttpListener(deps: SlackAppDeps, events: EventTable): Promise<RequestListener> {
  const bolt = await import('@slack/bolt');
  const logger = createSdkLogger(deps.log, bolt.LogLevel.INFO);
  const receiver = new bolt.HTTPReceiver({
    // Checked before, over the raw body (verify-request.ts): Bolt's own check lets the future through.
    signatureVerification: false,
    signingSecret: 'checked-before',
    logger,
    customPropertiesExtractor: (request) => ({
      deliveryKey: `signature:${String(request.headers['x-slack-signature'])}`,
    }),
  });
  createBoltApp(deps, events, { App: bolt.App, receiver, logger });
  return (request, response) => receiver.requestListener(request, response);
}

interface BoltParts {
  readonly App: typeof App;
  readonly receiver: Receiver;
  readonly logger: ReturnType<typeof createSdkLogger<never>>;
}

function createBoltApp(deps: SlackAppDeps, events: EventTable, parts: BoltParts): void {
  const app = new parts.App({
    receiver: parts.receiver,
    logger: parts.logger,
    ignoreSelf: false,
    convoStore: false,
    // No token: Bolt's own client, say and respond can do nothing. All calls go through the gateway.
    authorize: async () => Promise.resolve({ botId: 'unused' }),
    clientOptions: { slackApiUrl: deps.apiUrl, retryConfig: { retries: 0 } },
  });
  app.error((error) => {
    deps.log.error({ err: error }, 'Bolt could not handle a delivery of Slack');
    return Promise.resolve();
  });
  bindListeners(app, deps, events);
}

interface Sockets {
  readonly stop: () => Promise<void>;
}

async function openSockets(deps: SlackAppDeps, events: EventTable, appToken: Secret): Promise<Sockets> {
  const bolt = await import('@slack/bolt');
  const logger = createSdkLogger(deps.log, bolt.LogLevel.INFO);
  let isStopped = false;
  const receivers = [0, 1].map(
    () =>
      new bolt.SocketModeReceiver({
        appToken: appToken.reveal(),
        logger,
        clientPingTimeout: PING_TIMEOUT_MS,
        installerOptions: { clientOptions: { slackApiUrl: deps.apiUrl } },
        customPropertiesExtractor: (args: { envelope_id?: unknown }) => ({
          deliveryKey: `envelope:${String(args.envelope_id)}`,
        }),
      }),
  );
  const timers: NodeJS.Timeout[] = [];
  const connect = (receiver: (typeof receivers)[number]): void => {
    if (isStopped) return;
    receiver.start().catch((error: unknown) => {
      deps.log.warn({ err: error }, 'no Socket Mode connection to Slack; trying again');
      timers.push(setTimeout(() => connect(receiver), RECONNECT_MS));
    });
  };
  for (const [index, receiver] of receivers.entries()) {
    createBoltApp(deps, events, { App: bolt.App, receiver, logger });
    timers.push(setTimeout(() => connect(receiver), index * STAGGER_MS));
  }
  return {
    stop: async () => {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(receivers.map((receiver) => receiver.stop()));
    },
  };
}

function mergeEvents(...tables: readonly EventTable[]): EventTable {
  const types = new Set(tables.flatMap((table) => [...table.keys()]));
  return new Map([...types].map((type) => [type, tables.flatMap((table) => table.get(type) ?? [])]));
}
