import { resolve } from 'node:path';

/** What the sandbox is told from outside; addresses only, never a behaviour of the product. */
export type SandboxSettings = {
  /** 0 takes a free port; the line on stdout says which. */
  port: number;
  /** Folder of the journal, the ledger and the kubeconfig. */
  dataFolder: string;
  /** Request URLs for HTTP delivery; several are replicas, served in turn. Empty: Socket Mode only. */
  eventsUrls: string[];
  signingSecret: string;
  /** Base of the alert webhooks; the page's alert panel posts to `<this>/alertmanager`. */
  alertsUrl: string;
  /** Rate limits are multiplied by this; 0 switches them off. */
  limitScale: number;
  /** Milliseconds that one pod takes to become ready in the sandbox cluster. */
  rolloutMs: number;
  /** The app's manifest; normally the one in the repository's root. Without the file, nothing is checked against it. */
  manifestFile?: string;
};

/**
 * Reads the sandbox's settings.
 *
 * @throws Error naming every variable that does not hold a usable number.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): SandboxSettings {
  const problems: string[] = [];
  const number = (name: string, fallback: number): number => {
    const text = env[name];
    if (text === undefined || text === '') return fallback;
    const value = Number(text);
    if (Number.isFinite(value) && value >= 0) return value;
    problems.push(`${name} must be a number of zero or more, not "${text}"`);
    return fallback;
  };
  const settings: SandboxSettings = {
    port: number('SANDBOX_PORT', 3000),
    dataFolder: resolve(text(env.SANDBOX_DATA, '.tocsin/sandbox')),
    eventsUrls: text(env.SANDBOX_EVENTS_URL, '')
      .split(',')
      .map((url) => url.trim())
      .filter((url) => url !== ''),
    signingSecret: text(env.SANDBOX_SIGNING_SECRET, 'sandbox-signing-secret'),
    alertsUrl: text(env.SANDBOX_ALERTS_URL, 'http://127.0.0.1:8080/alerts').replace(/\/+$/, ''),
    limitScale: number('SANDBOX_LIMIT_SCALE', 1),
    rolloutMs: number('SANDBOX_ROLLOUT_MS', 2500),
  };
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return settings;
}

function text(value: string | undefined, fallback: string): string {
  return value === undefined || value === '' ? fallback : value;
}
