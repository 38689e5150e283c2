import type { KnownBlock } from '@slack/types';

export interface SlackMessageSeen {
  readonly ts: string;
  readonly thread_ts?: string;
  readonly user?: string;
  readonly bot_id?: string;
  readonly text: string;
  readonly blocks?: readonly KnownBlock[];
  readonly metadata?: {
    readonly event_type: string;
    readonly event_payload: Readonly<Record<string, unknown>>;
  };
  readonly ephemeral?: boolean;
  readonly files?: readonly { readonly id: string; readonly name: string }[];
  readonly pinned?: boolean;
}

export interface ChannelSeen {
  readonly id: string;
  readonly name: string;
  readonly is_private: boolean;
  readonly is_archived: boolean;
  readonly topic: string;
  readonly creator: string;
  readonly members: readonly string[];
}

export interface ModalSeen {
  readonly id: string;
  readonly callback_id: string;
  readonly private_metadata: string;
  readonly blocks: readonly KnownBlock[];
  readonly title: { readonly text: string };
}

export interface LedgerEntry {
  readonly seq: number;
  readonly at: string;
  readonly kind: 'slack' | 'kubernetes' | 'delivery';
  readonly method: string;
  readonly ok: boolean;
  readonly error?: string;
  readonly effect: boolean;
  readonly status: number;
  readonly args?: Readonly<Record<string, unknown>>;
  /** Kind of the fault that was injected. */
  readonly fault?: string;
}

export interface Fault {
  readonly target: string;
  readonly match?: Readonly<Record<string, string>>;
  readonly fault: Readonly<Record<string, unknown>> & { readonly kind: string };
  readonly times?: number;
}

export interface Clicked {
  readonly status: number;
  readonly ms: number;
  readonly error?: string;
  readonly response_action?: string;
  readonly errors?: Readonly<Record<string, string>>;
}

/** The sandbox as its control API shows it: what a person does, sees, and what the ledger has accepted. */
export interface SandboxClient {
  readonly url: string;
  channels(): Promise<readonly ChannelSeen[]>;
  messages(channel: string, as?: string): Promise<readonly SlackMessageSeen[]>;
  modal(as: string): Promise<ModalSeen | undefined>;
  command(
    as: string,
    channel: string,
    text: string,
  ): Promise<{ readonly status: number; readonly text: string; readonly ms: number }>;
  click(input: {
    readonly as: string;
    readonly channel: string;
    readonly ts: string;
    readonly actionId: string;
    readonly more?: Readonly<Record<string, unknown>>;
  }): Promise<Clicked>;
  submit(
    as: string,
    viewId: string,
    values: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ): Promise<Clicked>;
  post<T>(path: string, body: unknown): Promise<T>;
  get<T>(path: string): Promise<T>;
  fault(fault: Fault): Promise<void>;
  clearFaults(): Promise<void>;
  ledger(method?: string): Promise<readonly LedgerEntry[]>;
  /** Looks again whenever something changed in the workspace, until `look` finds something. */
  until<T>(what: string, look: () => Promise<T | undefined | false>, timeoutMs?: number): Promise<T>;
  close(): void;
}

export function connectSandbox(url: string): SandboxClient {
  const changes = openChanges(url);
  const request = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    const parsed: T = JSON.parse(text === '' ? '{}' : text);
    return parsed;
  };
  const get = <T>(path: string): Promise<T> => request<T>('GET', path);
  const post = <T>(path: string, body: unknown): Promise<T> => request<T>('POST', path, body);
  return {
    url,
    get,
    post,
    channels: async () => (await get<{ channels: ChannelSeen[] }>('/control/state')).channels,
    messages: async (channel, as = 'U0ANA') =>
      (await get<{ messages: SlackMessageSeen[] }>(`/control/messages?channel=${channel}&as=${as}`)).messages,
    modal: async (as) => (await get<{ modals: ModalSeen[] }>(`/control/views?as=${as}`)).modals.at(-1),
    command: async (as, channel, text) => {
      const [command = '', ...rest] = text.split(' ');
      const answer = await post<{ status: number; body?: unknown; ms: number }>('/control/command', {
        as,
        channel,
        command,
        text: rest.join(' '),
      });
      return { status: answer.status, text: JSON.stringify(answer.body ?? ''), ms: answer.ms };
    },
    click: ({ as, channel, ts, actionId, more }) =>
      post<Clicked>('/control/click', { as, channel, ts, action_id: actionId, ...more }),
    submit: (as, viewId, values) => post<Clicked>('/control/submit', { as, view_id: viewId, values }),
    fault: async (fault) => void (await post('/control/faults', fault)),
    clearFaults: async () => void (await request('DELETE', '/control/faults')),
    ledger: async (method) =>
      (
        await get<{ entries: LedgerEntry[] }>(
          `/control/ledger${method === undefined ? '' : `?method=${method}`}`,
        )
      ).entries,
    until: (what, look, timeoutMs = 30_000) => changes.until(what, look, timeoutMs),
    close: () => changes.close(),
  };
}

interface Changes {
  until<T>(what: string, look: () => Promise<T | undefined | false>, timeoutMs: number): Promise<T>;
  close(): void;
}

/** The sandbox's stream of changes: a condition is looked at again at each, and every 500 ms for what it cannot tell. */
function openChanges(url: string): Changes {
  const abort = new AbortController();
  const waiting = new Set<() => void>();
  void listen(`${url}/control/events`, abort.signal, () => {
    for (const wake of waiting) wake();
  });
  return {
    close: () => abort.abort(),
    until: async (what, look, timeoutMs) => {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const found = await look();
        if (found !== undefined && found !== false) return found;
        if (Date.now() > deadline) throw new Error(`did not happen in ${timeoutMs} ms: ${what}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(done, 500);
          function done(): void {
            clearTimeout(timer);
            waiting.delete(done);
            resolve();
          }
          waiting.add(done);
        });
      }
    },
  };
}

async function listen(url: string, signal: AbortSignal, changed: () => void): Promise<void> {
  while (!signal.aborted) {
    try {
      const answer = await fetch(url, { signal, headers: { accept: 'text/event-stream' } });
      for await (const _chunk of answer.body ?? []) changed();
    } catch {
      // The sandbox restarts in some tests; the poll of `until` bridges it.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
