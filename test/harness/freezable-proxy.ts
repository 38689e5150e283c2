import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface FreezableProxy {
  /** The database's address through the proxy. */
  readonly url: string;
  /** From now on nothing passes, and nothing is closed: a database that hangs. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

/** Stands between a program and its PostgreSQL, so that one test's database can hang and the others' go on. */
export async function startFreezableProxy(databaseUrl: string): Promise<FreezableProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (isFrozen) from.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  const all = (does: (socket: Socket) => void): void => {
    for (const socket of sockets) does(socket);
  };
  return {
    url: url.href,
    freeze: () => {
      isFrozen = true;
      all((socket) => socket.pause());
    },
    thaw: () => {
      isFrozen = false;
      all((socket) => socket.resume());
    },
    close: async () => {
      all((socket) => socket.destroy());
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
