import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';

import { isObject } from './args.ts';
import { APP_ID } from './personas.ts';

export type Envelope = {
  type: 'slash_commands' | 'interactive' | 'events_api';
  payload: unknown;
  accepts_response_payload: boolean;
  retry_attempt: number;
  retry_reason: string;
};

/** The acknowledgement of an envelope, or why there was none. */
export type Ack = { ok: true; payload: unknown } | { ok: false; error: 'http_timeout' | 'connection_failed' };

export type SocketHub = {
  /** Takes over an upgrade request of `apps.connections.open`'s address. */
  accept: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  count: () => number;
  /** Sends to one connection, in turn, and waits for its acknowledgement. */
  send: (id: string, envelope: Envelope, timeoutMs: number) => Promise<Ack>;
  /** refresh: ask to reconnect; kill: cut; half_open: deaf and mute; silence: no pings, no envelopes. */
  disturb: (action: 'refresh' | 'kill' | 'half_open' | 'silence') => void;
  /** Cuts the connection that the next envelope would use, or makes it deaf. */
  disturbNext: (action: 'kill' | 'half_open') => void;
  close: () => void;
};

type Connection = { socket: WebSocket; silent: boolean; deaf: boolean; leaving: boolean };

type Hub = {
  connections: Connection[];
  turn: number;
  waiting: Map<string, (ack: Ack, from: Connection) => void>;
};

/** The client calls a connection dead without a ping for 30 s; Slack pings more often. */
const PING_MS = 5_000;
/** Slack's least warning before it closes a connection that it asked to leave. */
const LEAVE_MS = 10_000;
const MAX_CONNECTIONS = 10;

/** Socket Mode: up to ten connections, each envelope to one of them. */
export function createSocketHub(): SocketHub {
  const server = new WebSocketServer({ noServer: true });
  const hub: Hub = { connections: [], turn: 0, waiting: new Map() };
  return {
    accept: (request, socket, head) => {
      server.handleUpgrade(request, socket, head, (client) => join(hub, client));
    },
    count: () => hub.connections.length,
    send: async (id, envelope, timeoutMs) => sendTo(hub, { id, envelope, timeoutMs }),
    disturb: (action) => {
      for (const connection of hub.connections) disturb(connection, action);
    },
    disturbNext: (action) => {
      const next = hub.connections[hub.turn % Math.max(1, hub.connections.length)];
      if (next) disturb(next, action);
    },
    close: () => {
      for (const { socket } of hub.connections) socket.terminate();
      server.close();
    },
  };
}

function join(hub: Hub, socket: WebSocket): void {
  if (hub.connections.length >= MAX_CONNECTIONS) {
    socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
    socket.close();
    return;
  }
  const connection: Connection = { socket, silent: false, deaf: false, leaving: false };
  hub.connections.push(connection);
  const pings = setInterval(() => {
    if (!connection.silent && !connection.deaf) socket.ping('Ping from the sandbox');
  }, PING_MS);
  socket.on('message', (data) => {
    if (!connection.deaf && Buffer.isBuffer(data)) receive(hub, connection, data.toString());
  });
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    clearInterval(pings);
    hub.connections = hub.connections.filter((other) => other !== connection);
    for (const answer of hub.waiting.values()) answer({ ok: false, error: 'connection_failed' }, connection);
  });
  socket.send(
    JSON.stringify({
      type: 'hello',
      num_connections: hub.connections.length,
      debug_info: { host: 'sandbox', build_number: 1, approximate_connection_time: 18060 },
      connection_info: { app_id: APP_ID },
    }),
  );
}

function receive(hub: Hub, from: Connection, text: string): void {
  const message: unknown = JSON.parse(text);
  if (!isObject(message) || typeof message.envelope_id !== 'string') return;
  hub.waiting.get(message.envelope_id)?.({ ok: true, payload: message.payload }, from);
}

async function sendTo(hub: Hub, item: { id: string; envelope: Envelope; timeoutMs: number }): Promise<Ack> {
  const open = hub.connections.filter((connection) => !connection.leaving);
  const usable = open.length > 0 ? open : hub.connections;
  const connection = usable[hub.turn % Math.max(1, usable.length)];
  hub.turn += 1;
  if (!connection) return { ok: false, error: 'connection_failed' };
  return new Promise((resolve) => {
    const done = (ack: Ack): void => {
      clearTimeout(timer);
      hub.waiting.delete(item.id);
      resolve(ack);
    };
    const timer = setTimeout(() => done({ ok: false, error: 'http_timeout' }), item.timeoutMs);
    hub.waiting.set(item.id, (ack, from) => {
      if (ack.ok || from === connection) done(ack);
    });
    if (connection.silent || connection.deaf) return;
    connection.socket.send(JSON.stringify({ envelope_id: item.id, ...item.envelope }));
  });
}

function disturb(connection: Connection, action: 'refresh' | 'kill' | 'half_open' | 'silence'): void {
  const { socket } = connection;
  if (action === 'kill') socket.terminate();
  if (action === 'half_open') connection.deaf = true;
  if (action === 'silence') connection.silent = true;
  if (action !== 'refresh') return;
  connection.leaving = true;
  socket.send(
    JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'sandbox' } }),
  );
  setTimeout(() => socket.close(), LEAVE_MS).unref();
}
