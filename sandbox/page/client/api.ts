import type { Cluster, Delivery, GuideAlert, Message, Views, WorkspaceState } from './types.ts';

/** The sandbox's control API. Every failure becomes a sentence that says what to do. */
export class SandboxError extends Error {
  override name = 'SandboxError';
}

export const getState = (): Promise<WorkspaceState> => request<WorkspaceState>('GET', '/control/state');

export async function getMessages(channel: string, as: string): Promise<Message[]> {
  const query = new URLSearchParams({ channel, as });
  const answer = await request<{ messages: Message[] }>('GET', `/control/messages?${query.toString()}`);
  return answer.messages;
}

export async function getViews(as: string): Promise<Views> {
  const answer = await request<Partial<Views>>(
    'GET',
    `/control/views?${new URLSearchParams({ as }).toString()}`,
  );
  return { modals: answer.modals ?? [], home: answer.home ?? null };
}

export async function getAlerts(): Promise<GuideAlert[]> {
  const answer = await request<GuideAlert[] | { alerts: GuideAlert[] }>('GET', '/control/alerts');
  return Array.isArray(answer) ? answer : answer.alerts;
}

export const getCluster = (): Promise<Cluster> => request<Cluster>('GET', '/control/cluster');

/** Breaks or mends something in the cluster; answers what went wrong, or null. */
export async function operateCluster(operation: Record<string, unknown>): Promise<string | null> {
  return problemOf(await deliver('/control/cluster', operation));
}

/** Sends an alert to Tocsin's webhook; `status` 0 means that nobody answered there. */
export async function postAlert(id: string, status: 'firing' | 'resolved'): Promise<Delivery> {
  const answer = await deliver(`/control/alerts/${encodeURIComponent(id)}`, { status });
  return answer.status === 0
    ? { ...answer, error: 'Tocsin’s webhook does not answer. Is Tocsin running?' }
    : answer;
}

/** Something the person did: the answer says how Tocsin took it, also when it did not. */
export async function deliver(path: string, body: Record<string, unknown>): Promise<Delivery> {
  const response = await send('POST', path, body);
  const answer = await readJson(response);
  if (response.ok) return answer;
  return {
    ...answer,
    status: answer.status ?? response.status,
    error: answer.error ?? `HTTP ${String(response.status)}`,
  };
}

/** What to tell the person about a delivery, or null when it went well. */
export function problemOf(delivery: Delivery): string | null {
  const { error, status } = delivery;
  if (error !== undefined && error !== '') {
    return sentenceFor(error) ?? (error.includes(' ') ? error : `That did not work: ${error}.`);
  }
  return status !== undefined && status >= 400 ? `Tocsin answered with HTTP ${String(status)}.` : null;
}

const TOO_LATE =
  'Tocsin did not answer in 3 seconds. Is it running? What you asked for may still be on its way.';
const NOT_THERE = 'Nothing listens to this workspace. Start Tocsin (npm start does both), then try again.';
const BROKEN = 'Tocsin answered in a way that Slack does not understand. Its log says why.';
/** What the sandbox calls it when a delivery fails, in words. */
const SENTENCES: Readonly<Record<string, string>> = {
  http_timeout: TOO_LATE,
  operation_timeout: TOO_LATE,
  no_receiver: NOT_THERE,
  connection_failed: 'Tocsin could not be reached. Is it running?',
  dispatch_unknown_error: 'Tocsin could not be reached. Is it running?',
  dispatch_failed: 'Tocsin answered with an error. Its log says why.',
  http_error: 'Tocsin answered with an error. Its log says why.',
  http_error_no_retry: 'Tocsin answered with an error. Its log says why.',
  invalid_response: BROKEN,
  invalid_command_response: BROKEN,
  invalid_response_action: BROKEN,
  invalid_errors: BROKEN,
  invalid_view: BROKEN,
};

/** The sentence for one of the sandbox's error codes, or null. */
export function sentenceFor(code: string): string | null {
  return Object.hasOwn(SENTENCES, code) ? (SENTENCES[code] ?? null) : null;
}

async function request<T>(method: 'GET' | 'POST', path: string, body?: Record<string, unknown>): Promise<T> {
  const response = await send(method, path, body);
  if (!response.ok)
    throw new SandboxError(
      `The sandbox answered ${path.split('?')[0] ?? path} with HTTP ${String(response.status)}.`,
    );
  const answer: T = await response.json();
  return answer;
}

async function send(method: 'GET' | 'POST', path: string, body?: Record<string, unknown>): Promise<Response> {
  const content =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  try {
    return await fetch(path, { method, ...content });
  } catch (cause) {
    throw new SandboxError(
      'The sandbox does not answer. Start it again with npm start; this page goes on by itself.',
      { cause },
    );
  }
}

async function readJson(response: Response): Promise<Delivery> {
  const text = await response.text();
  if (text === '') return {};
  try {
    const answer: Delivery = JSON.parse(text);
    return answer;
  } catch {
    return { error: text.slice(0, 300) };
  }
}
