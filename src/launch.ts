import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { runWithSandbox } from './launch/run-with-sandbox.ts';
import { realSettings } from './launch/sandbox-environment.ts';

/**
 * What `npm start` runs. With nothing configured: the sandbox and Tocsin, side by side. With any setting of a real
 * installation: Tocsin alone, which lists what is missing; a sandbox never starts then.
 */
const ROOT = join(import.meta.dirname, '..');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const real = realSettings(process.env);
process.exitCode = real.length > 0 ? await runAlone(real) : await runBoth();

async function runAlone(because: string[]): Promise<number> {
  console.error(`Starting Tocsin without the sandbox, since this is set: ${because.join(', ')}`);
  // A group of its own: Ctrl-C would otherwise arrive twice, and a second one means "at once".
  const child = spawn(process.execPath, [join(ROOT, 'src/main.ts')], { stdio: 'inherit', detached: true });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  const [code]: unknown[] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}

async function runBoth(): Promise<number> {
  const stopped = Promise.withResolvers<number>();
  let signals = 0;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      signals += 1;
      if (signals === 1) console.log('Stopping …');
      stopped.resolve(0);
    });
  }
  try {
    const launched = await runWithSandbox({ root: ROOT, env: process.env, say: (text) => console.log(text) });
    const code = await Promise.race([stopped.promise, launched.ended]);
    await launched.stop();
    return code;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
}
