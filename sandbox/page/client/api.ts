import type { Delivery, GuideAlert, Message, Views, WorkspaceState } from './types.ts';

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

export const getCluster = (): Promise<unknown> => request<unknown>('GET', '/control/cluster');

/** Sends an alert to Tocsin's webhook; `status` 0 means that nobody answered there. */
export const postAlert = (id: string, status: 'firing' | 'resolved'): Promise<Delivery> =>
  deliver(`/control/alerts/${encodeURIComponent(id)}`, { status });

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
  if (error !== undefined && error !== '')
    return SENTENCES[error] ?? (error.includes(' ') ? error : `That did not work: ${error}.`);
  if (status === 0) return SENTENCES['not_connected'] ?? null;
  if (status !== undefined && status >= 400)
    return `Tocsin answered with an error (HTTP ${String(status)}). Its log says why.`;
  return null;
}

const TOO_LATE =
  'Tocsin did not answer in 3 seconds. Is it running? What you asked for may still be on its way.';
const NOT_THERE = 'Nothing is connected to this workspace: start Tocsin and try again.';
const SENTENCES: Readonly<Record<string, string>> = {
  timeout: TOO_LATE,
  operation_timeout: TOO_LATE,
  no_connection: NOT_THERE,
  not_connected: NOT_THERE,
  dispatch_failed: NOT_THERE,
};

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
