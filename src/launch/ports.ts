import { once } from 'node:events';
import { createServer } from 'node:net';

/** The three addresses of a local start, each with the variable that moves it. */
export type Ports = { PORT: number; ADMIN_PORT: number; SANDBOX_PORT: number };

const DEFAULTS: Ports = { PORT: 8080, ADMIN_PORT: 8081, SANDBOX_PORT: 3000 };

/**
 * The ports from the environment (0: any free one), checked to be free on 127.0.0.1.
 * @throws one error that names every port that is taken or no number, and the variable that changes it.
 */
export async function choosePorts(env: NodeJS.ProcessEnv): Promise<Ports> {
  const problems: string[] = [];
  const choose = async (name: keyof Ports): Promise<number> => {
    const text = env[name] ?? '';
    const port = text === '' ? DEFAULTS[name] : Number(text);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      problems.push(`${name} must be a port number from 0 (any free one) to 65535, not "${text}".`);
      return 0;
    }
    const free = await listenOnce(port);
    if (free === undefined) {
      problems.push(
        `Port ${port} is taken by another program. Stop that, or choose another port: ${name}=${port + 1000} npm start`,
      );
    }
    return free ?? 0;
  };
  const ports = {
    PORT: await choose('PORT'),
    ADMIN_PORT: await choose('ADMIN_PORT'),
    SANDBOX_PORT: await choose('SANDBOX_PORT'),
  };
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return ports;
}

/** Listens and lets go: the port when it was free, undefined when it was not. */
async function listenOnce(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return undefined; // in use, or not allowed to us
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? address?.port : undefined;
}
