import type { ServerResponse } from 'node:http';

export type SandboxEvent = {
  type:
    | 'message'
    | 'message_changed'
    | 'message_deleted'
    | 'channel'
    | 'ephemeral'
    | 'view'
    | 'home'
    | 'cluster'
    | 'user'
    | 'file'
    | 'reset';
  [fact: string]: unknown;
};

export type EventHub = {
  publish: (event: SandboxEvent) => void;
  /** In-process listener; returns what stops it. */
  subscribe: (listener: (event: SandboxEvent) => void) => () => void;
  /** Turns a raw response into an event stream that lives until the client leaves. */
  stream: (response: ServerResponse) => void;
  close: () => void;
};

/** The live feed of what changed, for the page and for tests. Nothing is kept: a late client reads the state first. */
export function createEventHub(): EventHub {
  const listeners = new Set<(event: SandboxEvent) => void>();
  const streams = new Set<ServerResponse>();
  return {
    publish: (event) => {
      for (const listener of listeners) listener(event);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stream: (response) => {
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        connection: 'keep-alive',
      });
      response.write(': connected\n\n');
      const listener = (event: SandboxEvent): void => {
        response.write(`data: ${JSON.stringify(event)}\n\n`);
      };
      listeners.add(listener);
      streams.add(response);
      response.on('close', () => {
        listeners.delete(listener);
        streams.delete(response);
      });
    },
    close: () => {
      for (const stream of streams) stream.end();
      listeners.clear();
    },
  };
}
