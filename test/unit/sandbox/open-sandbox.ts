import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startSandbox, type Sandbox } from '../../../sandbox/server.ts';
import type { SandboxSettings } from '../../../sandbox/settings.ts';

export type Json = Record<string, unknown>;

export type OpenSandbox = {
  sandbox: Sandbox;
  /** Calls a Web API method with a form, as the official client does. */
  api: (
    method: string,
    args?: Json,
    token?: string,
  ) => Promise<{ status: number; headers: Headers; body: Answer }>;
  /** Posts to, or reads from, the control API. */
  control: (path: string, body?: Json) => Promise<Answer>;
  /** Resolves once the condition holds, checked after each ledger-changing event; rejects after 10 s. */
  until: <T>(condition: () => T | undefined | false) => Promise<T>;
  close: () => Promise<void>;
};

/** Loosely typed on purpose: tests look at what came over the wire. */
export type Answer = { ok?: boolean; error?: string } & { [field: string]: unknown };

/** Follows keys and indexes into an answer; undefined where they lead nowhere. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (typeof inner !== 'object' || inner === null) return undefined;
    return Object.entries(inner).find(([name]) => name === String(key))?.[1];
  }, value);
}

export async function openSandbox(
  options: Partial<SandboxSettings> & { manifest?: string } = {},
): Promise<OpenSandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
  const { manifest, ...settings } = options;
  if (manifest !== undefined) writeFileSync(join(folder, 'manifest.yml'), manifest);
  const sandbox = await startSandbox({
    port: 0,
    dataFolder: join(folder, 'data'),
    eventsUrls: [],
    signingSecret: 'secret',
    alertsUrl: 'http://127.0.0.1:1/alerts',
    limitScale: 0,
    rolloutMs: 10,
    manifestFile: join(folder, 'manifest.yml'),
    ...settings,
  });
  return {
    sandbox,
    api: async (method, args = {}, token = 'xoxb-sandbox') => call(sandbox.url, { method, args, token }),
    control: async (path, body) => {
      const request = {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      };
      const response = await fetch(`${sandbox.url}/control/${path}`, body ? request : {});
      const answer: Answer = JSON.parse(await response.text());
      return answer;
    },
    until,
    close: async () => {
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function call(
  url: string,
  { method, args, token }: { method: string; args: Json; token: string },
): Promise<{ status: number; headers: Headers; body: Answer }> {
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(args)) {
    form.set(key, typeof value === 'string' ? value : JSON.stringify(value));
  }
  const response = await fetch(`${url}/slack/api/${method}`, {
    method: 'POST',
    body: form,
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
  });
  const text = await response.text();
  const body: Answer = text.startsWith('{') ? JSON.parse(text) : { raw: text };
  return { status: response.status, headers: response.headers, body };
}

async function until<T>(condition: () => T | undefined | false): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error('The condition did not come true within 10 s.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
