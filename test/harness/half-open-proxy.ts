import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface HalfOpenProxy {
  /** The address `url`, through the proxy. */
  through(url: string): string;
  /**
   * What is connected now becomes half open: bytes vanish both ways, and nobody is told. Connections made later work.
   * @param which only those that have LISTENed for notifications, or all
   * @returns how many
   */
  swallow(which: 'listening' | 'all'): number;
  /** Connections that have LISTENed and still work. */
  listening(): number;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  isListening: boolean;
  isSwallowed: boolean;
}

const LISTEN = Buffer.from('LISTEN "');

/**
 * Stands between replicas and their PostgreSQL, as a firewall that forgets connections does.
 * @param listenOn where; any free port unless given
 */
export async function startHalfOpenProxy(databaseUrl: string, listenOn = 0): Promise<HalfOpenProxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<Pair>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const pair: Pair = { client, upstream, isListening: false, isSwallowed: false };
    pairs.add(pair);
    const end = (other: Socket) => (): void => {
      // A forgotten connection does not even end on the other side.
      if (!pair.isSwallowed) other.destroy();
    };
    client.on('data', (chunk) => {
      pair.isListening ||= chunk.includes(LISTEN);
      if (!pair.isSwallowed) upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!pair.isSwallowed) client.write(chunk);
    });
    client.on('error', end(upstream));
    upstream.on('error', end(client));
    upstream.on('close', end(client));
    client.on('close', () => {
      if (!pair.isSwallowed) pairs.delete(pair);
      pair.isListening = false;
      end(upstream)();
    });
  });
  await new Promise<void>((resolve) => server.listen(listenOn, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    through: (url) => {
      const address = new URL(url);
      address.hostname = '127.0.0.1';
      address.port = String(port);
      return address.href;
    },
    swallow: (which) => {
      const hit = [...pairs].filter((pair) => !pair.isSwallowed && (which === 'all' || pair.isListening));
      for (const pair of hit) pair.isSwallowed = true;
      return hit.length;
    },
    listening: () => [...pairs].filter((pair) => pair.isListening && !pair.isSwallowed).length,
    close: async () => {
      for (const { client, upstream } of pairs) {
        client.destroy();
        upstream.destroy();
      }
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
